// A person writes headline, summaries and questions of an article, and selects what proves an answer.

const ARTICLES = new Map(data.articles.map((article) => [article.id, article]));
const NEW = {
  summaries: () => ({ task: "short", text: "" }),
  focused: () => ({ focus: "", references: [NEW.references(), NEW.references()] }),
  references: () => ({ text: "", evidence: [] }),
  questions: () => ({
    type: "number", difficulty: 2, question: "", answers: [], unit: "", ordered: false, evidence: [], note: "",
  }),
};
const PREFIX = { summaries: "s", focused: "f", questions: "q" };
const work = {}; // by article, each kept under its name and the hash of its text
let now = data.articles[0].id;
let selected = "";

function place(id) {
  return `${id} ${ARTICLES.get(id).hash}`;
}

/** Return what has been written for an article. */
function workOn(id) {
  work[id] ??= kept(place(id)) ?? { lacks: [], headline: "", summaries: [], focused: [], questions: [] };
  return work[id];
}

function file() {
  return workOn(now);
}

function get(path) {
  return path.reduce((part, name) => part[name], file());
}

function set(path, value) {
  get(path.slice(0, -1))[path.at(-1)] = value;
  keep(place(now), file());
  showProblems();
}

/** Return the first id of a section that no entry has. */
function freshId(section) {
  const taken = file()[section].map(({ id }) => id);
  for (let i = 1; ; i += 1) if (!taken.includes(`${PREFIX[section]}${i}`)) return `${PREFIX[section]}${i}`;
}

function add(path) {
  const section = path.at(-1);
  const entry = NEW[section]();
  get(path).push(section in PREFIX ? { id: freshId(section), ...entry } : entry);
  rebuild();
  $([...path, get(path).length - 1].join(".")).querySelector("input, select, textarea").focus();
}

function remove(path) {
  get(path.slice(0, -1)).splice(path.at(-1), 1);
  rebuild();
  $(path.slice(0, -1).join(".")).focus();
}

function rebuild() {
  const focus = document.activeElement.id;
  keep(place(now), file());
  show();
  $(focus)?.focus();
}

/** Show a question of another type; what the text does not say has its answer already. */
function retype(id) {
  const question = get(id.split(".").slice(0, -1));
  if (question.type === "unanswerable" && !question.answers.some((text) => text.trim())) {
    question.answers = [...RULES.canonical.unanswerable];
  }
  rebuild();
}

/** Return a control with its label and room for what is wrong with it. */
function field(path, control, read, attributes = {}) {
  const id = path.join(".");
  const input = el(control, { id: `${id}-in`, "aria-describedby": `${id}-wrong`, lang: "zh", ...attributes });
  input.addEventListener("input", () => set(path, read(input)));
  const name = el("label", { for: `${id}-in` }, t(`field.${path.findLast((part) => typeof part === "string")}`));
  return [el("p", { id }, name, " ", input), input];
}

function wrong(id) {
  return el("p", { class: "warn", id: `${id}-wrong`, "data-key": id });
}

function written(path, { rows = 0 } = {}) {
  const [line, input] = field(path, rows ? "textarea" : "input", ({ value }) => value, rows ? { rows } : {});
  input.value = get(path);
  return [line, wrong(path.join("."))];
}

function chosen(path, options) {
  const [line, input] = field(path, "select", ({ value }) => (typeof get(path) === "number" ? Number(value) : value));
  input.append(...options.map(([value, words]) => el("option", { value }, words)));
  input.value = get(path);
  return line;
}

function ticked(path) {
  const [line, input] = field(path, "input", ({ checked }) => checked, { type: "checkbox" });
  input.checked = get(path);
  return line;
}

function answers(path) {
  const read = ({ value }) => value.split("\n").map((line) => line.trim()).filter(Boolean);
  const [line, input] = field(path, "textarea", read, { rows: 2 });
  input.value = get(path).join("\n");
  return [line, wrong(path.join("."))];
}

function button(key, act, values = {}) {
  return el("button", { type: "button", onclick: act }, t(key, values));
}

function evidence(path) {
  const id = path.join(".");
  const quotes = get(path).map((quote, i) =>
    el("li", {}, el("q", { lang: "zh" }, quote), " ", button("remove.quote", () => remove([...path, i]))),
  );
  const take = () => {
    if (!selected || get(path).includes(selected)) return;
    get(path).push(selected);
    rebuild();
    $(id).querySelector(".take").focus();
  };
  const taking = button("take", take);
  taking.className = "take";
  return el("div", { id, tabindex: "-1" }, el("p", {}, t("field.evidence"), " ", taking), el("ul", {}, quotes), wrong(id));
}

function card(path, key, n, ...content) {
  const id = path.join(".");
  const head = el("h4", {}, t(key, { n }), " ", button("remove", () => remove(path)));
  return el("div", { class: "card", id, role: "group", "aria-label": t(key, { n }) }, head, wrong(id), content);
}

function section(path, cards) {
  const id = path.join(".");
  const name = path.at(-1);
  const heading = path.length > 1 ? null : el("h3", {}, t(`field.${name}`));
  return el("div", { id, tabindex: "-1" }, heading, cards, wrong(id), button(`add.${name}`, () => add(path)));
}

function summaries() {
  const tasks = Object.keys(RULES.minOfTask).map((task) => [task, word("task", task)]);
  const cards = file().summaries.map((_, i) => {
    const path = ["summaries", i];
    return card(path, "summary.n", i + 1, chosen([...path, "task"], tasks), written([...path, "text"], { rows: 5 }));
  });
  return section(["summaries"], cards);
}

function focused() {
  const cards = file().focused.map((focus, i) => {
    const path = ["focused", i];
    const inner = focus.references.map((_, j) => {
      const at = [...path, "references", j];
      return card(at, "reference.n", j + 1, written([...at, "text"], { rows: 4 }), evidence([...at, "evidence"]));
    });
    return card(path, "focus.n", i + 1, written([...path, "focus"]), section([...path, "references"], inner));
  });
  return section(["focused"], cards);
}

function questions() {
  const types = data.types.map((type) => [type, word("type", type)]);
  const levels = data.difficulties.map((level) => [level, t(`difficulty.${level}`)]);
  const cards = file().questions.map(({ type }, i) => {
    const path = (name) => ["questions", i, name];
    return card(
      ["questions", i], "question.n", i + 1,
      written(path("question")), chosen(path("type"), types), chosen(path("difficulty"), levels),
      answers(path("answers")), written(path("unit")), type === "list" ? ticked(path("ordered")) : null,
      evidence(path("evidence")), written(path("note")),
    );
  });
  return section(["questions"], cards);
}

/** Say at each place what is wrong there; what is nowhere on the page, at the place around it. */
function showProblems() {
  const said = new Map([...document.querySelectorAll("[data-key]")].map((node) => [node.dataset.key, []]));
  const problems = problemsOf(file(), ARTICLES.get(now).text);
  for (const { key, rule, values } of problems) {
    const parts = key.split(".");
    while (parts.length > 1 && !said.has(parts.join("."))) parts.pop();
    said.get(parts.join(".")).push(t(`rule.${rule}`, values));
  }
  for (const node of document.querySelectorAll("[data-key]")) {
    node.textContent = [...new Set(said.get(node.dataset.key))].join(t("semicolon"));
  }
  $("todo").textContent = problems.length ? t("todo.n", { n: problems.length }) : t("todo.none");
}

function show() {
  $("which").replaceChildren(...data.articles.map(({ id, title }) => el("option", { value: id }, title)));
  $("which").value = now;
  showArticle();
  const lacks = ["lacks"];
  const [line, box] = field(lacks, "input", ({ checked }) => (checked ? ["date"] : []), { type: "checkbox" });
  box.checked = get(lacks).length > 0;
  $("form").replaceChildren(...written(["headline"]), summaries(), focused(), questions(), line);
  showProblems();
  showSelected();
}

/** Show the article; in a text area that is `readonly` some browsers have no caret for the keyboard. */
function showArticle() {
  if ($("text").value === ARTICLES.get(now).text) return;
  $("text").value = ARTICLES.get(now).text;
  $("text").setSelectionRange(0, 0);
}

function showSelected() {
  $("selected").textContent = selected ? t("selected", { quote: selected }) : "";
}

function select() {
  const { value, selectionStart, selectionEnd } = $("text");
  const quote = value.slice(selectionStart, selectionEnd).trim();
  if (!quote) return;
  selected = quote.split("\n")[0].trim(); // a quote is of one line
  showSelected();
}

/** Return a text to be written, or what `references check` knows as not written yet. */
function orToDo(text) {
  return text.trim() || data.toDo;
}

function exportedArticle([article, { lacks, headline, summaries: texts, focused: foci, questions: asked }]) {
  return {
    article,
    ...(lacks.length ? { lacks } : {}),
    headline: orToDo(headline),
    summaries: texts.map((one) => ({ ...one, text: orToDo(one.text) })),
    focused: foci.filter(({ references }) => references.length).map(({ id, focus, references }) => ({
      id,
      focus: orToDo(focus),
      references: references.map(({ text, evidence: quotes }) => ({
        text: orToDo(text),
        evidence: quotes.length ? quotes : [data.toDo],
      })),
    })),
    questions: asked.map(({ unit, ordered, note, ...one }) => ({
      ...one,
      question: orToDo(one.question),
      answers: one.answers.length ? one.answers : [data.toDo],
      ...(unit.trim() ? { unit: unit.trim() } : {}),
      ...(ordered ? { ordered } : {}),
      ...(note.trim() ? { note: note.trim() } : {}),
    })),
  };
}

function isBegun([, one]) {
  return one.headline.trim() || one.summaries.length || one.focused.length || one.questions.length;
}

function exported() {
  const begun = data.articles.map(({ id }) => [id, workOn(id)]).filter(isBegun);
  return { format: "evalkit references 1", articles: begun.map(exportedArticle) };
}

$("which").addEventListener("change", () => {
  now = $("which").value;
  selected = "";
  show();
});
$("form").addEventListener("submit", (event) => event.preventDefault());
$("form").addEventListener("change", ({ target }) => target.id.endsWith(".type-in") && retype(target.id));
$("text").addEventListener("beforeinput", (event) => event.preventDefault());
$("text").addEventListener("input", showArticle); // an input method cannot be prevented
$("text").addEventListener("select", select);
$("text").addEventListener("mouseup", select);
$("text").addEventListener("keyup", select);
$("save").addEventListener("click", () => save("references.json", exported()));
listenToLanguage(show);
