// Marks in texts: what two of them share, the evidence in an article, what the article lacks.

const LARGEST = 4e6; // cells of a table that is made at once

/** Return for each character of `a` whether a longest common subsequence with `b` has it. */
function shared(a, b) {
  const kept = new Array(a.length).fill(false);
  if (a.length * b.length > LARGEST) return kept;
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      kept[i++] = true;
      j++;
    } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i++;
    else j++;
  }
  return kept;
}

/** Return the runs of `wanted` in an array of flags, those shorter than `least` left out. */
function runs(flags, wanted, least, kind) {
  const found = [];
  for (let i = 0; i < flags.length; ) {
    let end = i;
    while (end < flags.length && flags[end] === wanted) end++;
    if (end - i >= least) found.push({ start: i, end, kind });
    i = Math.max(end, i + 1);
  }
  return found;
}

/** Return marks on an output: for a summary what it shares, for an answer where it differs. */
function against(text, references, kind) {
  const chars = Array.from(text);
  let best = null;
  for (const reference of references) {
    const flags = shared(chars, Array.from(reference));
    const n = flags.filter(Boolean).length / Math.max(1, Array.from(reference).length);
    if (best === null || n > best.n) best = { flags, n };
  }
  if (best === null) return [];
  return kind === "summary"
    ? runs(best.flags, true, 2, "same")
    : [...runs(best.flags, true, 1, "same"), ...runs(best.flags, false, 1, "differs")];
}

/** Return text as nodes, marks (in code points) around their parts. */
function marked(text, marks) {
  const chars = Array.from(text);
  const cuts = new Set([0, chars.length]);
  for (const mark of marks) cuts.add(mark.start).add(mark.end);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => {
    const start = places[i];
    const piece = showHidden(chars.slice(start, end).join(""));
    const kinds = marks.filter((mark) => mark.start <= start && end <= mark.end);
    if (!kinds.length) return document.createTextNode(piece);
    const names = [...new Set(kinds.map((mark) => mark.kind))];
    const title = names.map((name) => t(`legend.${name}`)).join(" · ");
    return el("mark", { class: names.join(" "), title }, piece);
  });
}

function legend(kinds) {
  const marks = kinds.map((kind) => el("mark", { class: kind }, t(`legend.${kind}`)));
  return el("p", { class: "legend" }, t("legend"), t("colon"), marks);
}
