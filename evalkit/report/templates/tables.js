// Tables: sorted by any column, and copied as Markdown, LaTeX or CSV.

const TABLES = [...document.querySelectorAll("main table:not(#list)")];
const LATEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

/** Return what a cell says, in one line. */
function cellText(cell) {
  const named = cell.querySelector("[role=img]")?.textContent;
  return (named ?? cell.innerText).trim().split(/\s*\n\s*/).join(" ");
}

function rowsOf(table) {
  return [...table.rows].map((row) => [...row.cells].map(cellText));
}

function asMarkdown(rows) {
  const line = (cells) => `| ${cells.map((text) => text.replace(/[\\|]/g, "\\$&")).join(" | ")} |\n`;
  const [head, ...body] = rows;
  return line(head) + line(head.map(() => "---")) + body.map(line).join("");
}

function asLatex(rows) {
  const escaped = (text) => text.replace(/[&%$#_{}]/g, "\\$&");
  const safe = (text) => text.split(/([\\~^])/).map((part) => LATEX[part] ?? escaped(part)).join("");
  const lines = rows.map((cells) => `${cells.map(safe).join(" & ")} \\\\\n`);
  lines.splice(1, 0, "\\midrule\n");
  const columns = `l${"r".repeat(rows[0].length - 1)}`;
  return `\\begin{tabular}{${columns}}\n\\toprule\n${lines.join("")}\\bottomrule\n\\end{tabular}\n`;
}

const FORMATS = { Markdown: asMarkdown, LaTeX: asLatex, CSV: asCsv };

/** Copy text, also where the browser lets no page at the clipboard itself. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  $("told").textContent = t("copy.done");
}

/** Return what a cell is sorted by: its first number, else its text. */
function sortKey(row, column) {
  const text = cellText(row.cells[column]);
  const number = Number.parseFloat(text.replace(/^[<~]|,/g, ""));
  return Number.isNaN(number) ? text : number;
}

function compareKeys(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? a - b : a.localeCompare(b, ROOT.lang);
  return typeof a === "number" ? -1 : 1; // what is no number comes last
}

function sortBy(table, head) {
  const falls = head.ariaSort === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.ariaSort = falls ? "descending" : "ascending";
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: sortKey(row, head.cellIndex) }));
  rows.sort((a, b) => (falls ? -1 : 1) * compareKeys(a.key, b.key));
  table.tBodies[0].append(...rows.map(({ row }) => row));
}

function listenToTables() {
  for (const table of TABLES) {
    for (const head of table.tHead?.rows[0].cells ?? []) {
      if (head.tagName !== "TH") continue;
      const button = el("button", { type: "button", class: "sort", onclick: () => sortBy(table, head) });
      button.append(...head.childNodes);
      head.append(button);
    }
    const buttons = Object.entries(FORMATS).map(([name, write]) => {
      const button = el("button", { type: "button" }, name);
      button.addEventListener("click", () => copy(write(rowsOf(table)), button));
      return button;
    });
    table.after(el("p", { class: "copies" }, el("span", { "data-t": "copy.as" }), buttons));
  }
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.addEventListener("click", () => copy($(button.dataset.copies).textContent, button));
  }
}
