// The filtered examples as files, with all that the shown systems wrote.

const FORMULA = /^[=+\-@\t\r＝＋－＠]/; // what a spreadsheet would compute

function records(found) {
  return found.flatMap((i) =>
    shown().map((system) => {
      const { spans, characters, ...example } = data.examples[i];
      const output = data.outputs[system][i];
      const values = data.metrics.map(({ name }) => [name, value(name, system, i)]);
      return {
        ...example,
        system: SYSTEMS[system],
        output: output?.text ?? null,
        errors: issues(system, i),
        ...Object.fromEntries(values.filter(([, number]) => number !== null)),
      };
    }),
  );
}

function asJsonl(found) {
  return records(found).map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Return a cell that is whole in any spreadsheet and that none takes for a formula. */
function csvCell(content) {
  const text = Array.isArray(content) ? content.join(" | ") : String(content ?? "");
  const safe = typeof content === "string" && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function asCsv(rows) {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function examplesAsCsv(found) {
  const listed = records(found);
  const names = [...new Set(listed.flatMap(Object.keys))];
  return asCsv([names, ...listed.map((record) => names.map((name) => record[name]))]);
}

function save(name, type, text) {
  const link = el("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function listenToDownloads() {
  const stem = `${data.run}-examples`;
  $("save-jsonl").addEventListener("click", () => save(`${stem}.jsonl`, "application/jsonl", asJsonl(chosen())));
  // a spreadsheet takes CSV for UTF-8 only with a byte order mark
  $("save-csv").addEventListener("click", () => save(`${stem}.csv`, "text/csv", `\ufeff${examplesAsCsv(chosen())}`));
}
