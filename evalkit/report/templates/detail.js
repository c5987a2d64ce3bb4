// One example: question, references, every output, and the article with its evidence.

function lacking(output) {
  return [...(output.numbers || []), ...(output.names || [])].map((found) => ({
    start: found.start,
    end: found.end,
    kind: "unsupported",
  }));
}

function facts(output) {
  const found = [];
  if (output.error) found.push(t("detail.failed", { error: spoken(output.error) }));
  if ((output.odd || []).includes("cut_off")) found.push(t("detail.cut_off"));
  if (output.dropped) found.push(t("detail.shortened", { n: output.dropped }));
  return found.map((told) => el("p", { class: "warn" }, told));
}

function pair(term, ...told) {
  return el("div", {}, el("dt", {}, term), el("dd", {}, ...told));
}

/** Return one side of a comparison: text of its own, or a stance in the page's words. */
function side(compared) {
  const told = String(compared);
  if (`compared.${told}` in data.labels) return el("span", {}, word("compared", told));
  return told ? el("code", { lang: "zh" }, told) : el("span", {}, t("detail.empty"));
}

function judgement(output, system, i) {
  const task = data.examples[i].task;
  const numbers = (wanted) => {
    const found = data.metrics
      .filter(({ name, task: of }) => of === task && data.headline[task].includes(name) === wanted)
      .filter(({ name }) => value(name, system, i) !== null)
      .map(({ name }) => pair(meaning(name), value(name, system, i).toFixed(2)));
    return found.length ? el("dl", { class: "values" }, found) : null;
  };
  const others = numbers(false);
  const told = [];
  if (output.rule) {
    told.push(pair(t("detail.decided"), word("rule", output.rule)));
    const [said, wanted] = output.compared.map(side);
    told.push(pair(t("detail.compared"), said, " ↔ ", wanted));
  }
  for (const kind of ["numbers", "names"]) {
    if (output[kind]) {
      const names = output[kind].map((found) => found.text || found.name);
      const listed = el("span", { lang: "zh" }, names.join(t("list.comma")));
      told.push(pair(t(`detail.${kind}`, { n: names.length }) + t("colon"), listed));
    }
  }
  return el(
    "div",
    {},
    told.length ? el("dl", {}, told) : null,
    numbers(true),
    others ? el("details", {}, el("summary", {}, t("differences.more")), others) : null,
  );
}

function card(system, i) {
  const example = data.examples[i];
  const output = data.outputs[system][i];
  const head = el("h4", {}, SYSTEMS[system], " ", output ? chip(system, i) : null);
  if (!output) return el("article", { class: "card" }, head, el("p", {}, t("detail.missing")));
  const marks = [...against(output.text, example.references, example.task), ...lacking(output)];
  const length = t("detail.length", { n: Array.from(output.text).length });
  return el(
    "article",
    { class: "card" },
    head,
    output.text
      ? el("p", { class: "text", lang: "zh", dir: "auto" }, marked(output.text, marks))
      : el("p", { class: "warn" }, output.error ? null : t("detail.empty")),
    el("p", { class: "note" }, length),
    facts(output),
    judgement(output, system, i),
    output.raw
      ? el("details", {}, el("summary", {}, t("detail.raw")), el("pre", { class: "text" }, output.raw))
      : null,
  );
}

function references(example) {
  const key = example.task === "answer" ? "detail.references" : "detail.reference";
  return el(
    "div",
    { class: "references" },
    el("h4", {}, t(key)),
    example.references.map((text) => el("p", { class: "text", lang: "zh" }, text)),
    example.note ? el("p", { class: "note" }, t("detail.note"), t("colon"), example.note) : null,
  );
}

function articleBox(example) {
  const article = ARTICLES.get(example.article);
  if (!article) return null;
  const whole = article.text.trim();
  const marks = quoted(whole, example.evidence || []);
  const text = el(
    "div",
    { class: "article text", lang: "zh", tabindex: "0", role: "region", "aria-label": t("detail.article") },
    marked(whole, marks),
  );
  return el("div", {}, el("h4", {}, t("detail.article"), t("colon"), el("span", { lang: "zh" }, article.title)), text);
}

function evidence(example) {
  if (!(example.evidence || []).length) return null;
  const quotes = example.evidence.map((quote) =>
    el("blockquote", { class: "text", lang: "zh" }, el("mark", { class: "evidence" }, quote)),
  );
  return el("div", {}, el("h4", {}, t("detail.evidence")), quotes);
}

function tags(example) {
  const found = [example.id];
  if (example.type) found.push(word("type", example.type));
  if (example.difficulty) found.push(`${t("examples.difficulty")} ${example.difficulty}`);
  if (example.place) found.push(t("examples.evidence") + t("colon") + word("place", example.place));
  return el("p", { class: "note" }, found.join(" · "));
}

function steps(found, i) {
  const at = found.indexOf(i);
  const step = (key, to) => {
    const button = el("button", { type: "button", onclick: (event) => open(event, to) }, t(key));
    button.disabled = at < 0 || to === undefined;
    return button;
  };
  const back = () => ($("list").querySelector("[aria-current] a") || $("q")).focus();
  return el(
    "div",
    { class: "controls" },
    step("detail.before", found[at - 1]),
    step("detail.after", found[at + 1]),
    el("button", { type: "button", onclick: back }, t("detail.list")),
    el("a", { href: address() }, t("detail.link")),
  );
}

function showDetail(found) {
  const i = INDEX.get(state.example);
  if (i === undefined) {
    $("detail").replaceChildren(el("p", { class: "note pick" }, t("detail.pick")));
    return;
  }
  const example = data.examples[i];
  const kinds = ["same", "unsupported"];
  if (example.task === "answer") kinds.splice(0, 2, "same", "differs", "evidence");
  $("detail").replaceChildren(
    ...[
      el("h3", { lang: example.question ? "zh" : ROOT.lang }, title(example)),
      tags(example),
      steps(found, i),
      el("div", { class: "sides" }, references(example), evidence(example)),
      el("h4", {}, t("detail.outputs")),
      legend(kinds),
      el("div", { class: "cards" }, SYSTEMS.map((_, system) => card(system, i))),
      articleBox(example),
    ].filter(Boolean),
  );
  const box = document.querySelector("#detail .article");
  const first = box?.querySelector("mark.evidence");
  if (first) box.scrollTop = first.offsetTop - box.clientHeight / 3;
}
