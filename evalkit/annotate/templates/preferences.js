// Two outputs of one article side by side; a person says which is better, and may say why.

const PAIRS = data.pairs;
let person = "";
let work = { at: 0, judgements: {} }; // by the id of a pair

function pairNow() {
  return PAIRS[work.at];
}

function judgementNow() {
  return work.judgements[pairNow().id] ?? { choice: "", reasons: [], note: "" };
}

function change(changes) {
  work.judgements[pairNow().id] = { ...judgementNow(), ...changes };
  keep(person, work);
}

function choose(choice) {
  const reasons = choice === "a" || choice === "b" ? judgementNow().reasons : [];
  change({ choice, reasons });
  showJudgement();
}

function go(at) {
  if (at < 0 || at >= PAIRS.length) return;
  work.at = at;
  keep(person, work);
  show();
  $("pair-title").focus();
}

function isSided() {
  return ["a", "b"].includes(judgementNow().choice);
}

function showJudgement() {
  const { choice, reasons, note } = judgementNow();
  for (const button of $("choices").children) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  for (const box of $("reasons").querySelectorAll("input")) box.checked = reasons.includes(box.value);
  $("why").disabled = !isSided();
  $("note").value = note;
  const n = judged().length;
  $("progress").textContent = t(n === PAIRS.length ? "progress.all" : "progress", { n, all: PAIRS.length });
}

function judged() {
  return PAIRS.filter(({ id }) => work.judgements[id]?.choice);
}

function show() {
  if (!person) return;
  const pair = pairNow();
  const article = data.articles[pair.article];
  $("pair-title").textContent = t("pair", { n: work.at + 1, all: PAIRS.length });
  const task = word("task", pair.task);
  $("asked").textContent = pair.question
    ? t("asked.question", { task, question: pair.question })
    : t(pair.characters ? "asked.length" : "asked", { task, n: pair.characters });
  $("source").querySelector("summary").textContent = t("article.titled", { title: article.title });
  $("source").querySelector("div").textContent = showHidden(article.text);
  for (const side of ["a", "b"]) $(side).textContent = showHidden(pair[side]) || t("nothing");
  $("previous").disabled = work.at === 0;
  $("next").disabled = work.at === PAIRS.length - 1;
  showJudgement();
}

function begin(event) {
  event.preventDefault();
  person = $("person").value.trim();
  if (!person) return;
  const before = kept(person);
  if (before?.judgements) work = before;
  keep("last person", person);
  $("begin").hidden = true;
  $("judge").hidden = false;
  go(Math.min(Math.max(0, Number(work.at) || 0), PAIRS.length - 1));
}

function exported() {
  const judgements = judged().map(({ id }) => ({ pair: id, ...work.judgements[id] }));
  return { format: "evalkit preferences 1", package: data.package, person, judgements };
}

function press(event) {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (!person || typing || !$("keys").checked || event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = data.choices[Number(event.key) - 1];
  if (choice) choose(choice);
  else if (event.key === "ArrowLeft") go(work.at - 1);
  else if (event.key === "ArrowRight") go(work.at + 1);
  else return;
  event.preventDefault();
}

function build() {
  data.choices.forEach((choice, i) => {
    const words = el("span", { "data-t": `choice.${choice}` });
    const attributes = { type: "button", value: choice, "aria-pressed": "false", "aria-keyshortcuts": i + 1 };
    const button = el("button", attributes, words, " ", el("kbd", {}, i + 1));
    button.addEventListener("click", () => choose(choice));
    $("choices").append(button);
  });
  for (const reason of data.reasons) {
    const box = el("input", { type: "checkbox", value: reason });
    box.addEventListener("change", () => {
      const checked = [...$("reasons").querySelectorAll("input:checked")];
      change({ reasons: checked.map(({ value }) => value) });
    });
    $("reasons").append(el("label", {}, box, " ", el("span", { "data-t": `reason.${reason}` })));
  }
}

build();
$("person").value = kept("last person") ?? "";
$("who").addEventListener("submit", begin);
$("note").addEventListener("input", () => change({ note: $("note").value }));
$("previous").addEventListener("click", () => go(work.at - 1));
$("next").addEventListener("click", () => go(work.at + 1));
$("save").addEventListener("click", () => save(`preferences-${fileName(person)}.json`, exported()));
document.addEventListener("keydown", press);
listenToLanguage(show);
