// One example: question, references, every output, and the article with its evidence.

function lacking(output) {
  const found = [output.facts, output.numbers, output.names].flatMap((listed) => listed || []);
  return found.map(({ start, end }) => ({ start, end, kind: "unsupported" }));
}

function warnings(output) {
  const found = (output.issues || []).map((kind) => t(`issue.${kind}`));
  if (output.error) found.splice(0, 1, t("detail.failed", { error: inLanguage(output.error) }));
  if (output.dropped) found.push(t("detail.shortened", { n: output.dropped }));
  if (output.altered) found.push(t("altered.yes"));
  return found.length ? el("p", { class: "warn" }, found.join(t("list.comma"))) : null;
}

function term(name, ...description) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, ...description));
}

/** Return one side of a comparison: its text, or what it stands for in the page's words. */
function side(compared) {
  const text = String(compared);
  if (`compared.${text}` in data.labels) return el("span", {}, word("compared", text));
  return text ? el("code", { lang: "zh" }, text) : el("span", {}, t("detail.empty"));
}

function judgement(output, system, i) {
  const { kind: wantedKind } = data.examples[i];
  const numbers = (wanted) => {
    const found = data.metrics
      .filter(({ name, kind }) => kind === wantedKind && data.headline[kind].includes(name) === wanted)
      .filter(({ name }) => value(name, system, i) !== null)
      .map(({ name }) => term(explained(name), value(name, system, i).toFixed(2)));
    return found.length ? el("dl", { class: "values" }, found) : null;
  };
  const others = numbers(false);
  const facts = [];
  if (output.rule) {
    facts.push(term(t("detail.rule", { metric: MAIN[i] }), word("rule", output.rule)));
    const [prediction, reference] = output.compared.map(side);
    facts.push(term(t("detail.compared"), prediction, " ↔ ", reference));
  }
  for (const flag of output.facts || []) {
    const stated = flag.stated ? [t("detail.stated"), el("span", { lang: "zh" }, flag.stated)] : [];
    const source = flag.article ? el("p", { class: "note", lang: "zh" }, flag.article) : null;
    const text = el("span", { lang: "zh" }, flag.text);
    facts.push(term(word("reason", flag.reason) + t("colon"), text, stated, source));
  }
  for (const kind of ["numbers", "names"]) {
    if (output[kind]) {
      const names = output[kind].map((found) => found.text || found.name);
      const listed = el("span", { lang: "zh" }, names.join(t("list.comma")));
      facts.push(term(t(`detail.${kind}`, { n: names.length }) + t("colon"), listed));
    }
  }
  return el(
    "div",
    {},
    facts.length ? el("dl", {}, facts) : null,
    numbers(true),
    others ? el("details", {}, el("summary", {}, t("differences.more")), others) : null,
  );
}

function fold(key, values, ...children) {
  return el("details", {}, el("summary", {}, t(key, values)), ...children);
}

/** Return the messages that an output answers, articles left out: they are below. */
function promptSent(place, example) {
  const shown = (part) => {
    if (part === -1) return example.question;
    if (!Array.isArray(part)) return data.prompts.texts[part];
    const [article, n, altered] = part;
    const key = altered ? "prompt.altered" : "prompt.article";
    const title = ARTICLES.get(article)?.title || article;
    return el("mark", { class: "elided", lang: ROOT.lang }, t(key, { title, n: n.toLocaleString(ROOT.lang) }));
  };
  const messages = data.prompts.messages[place].map(([role, ...parts]) => [
    el("h5", {}, t(`prompt.${role}`)),
    el("p", { class: "text", lang: "zh" }, parts.map(shown)),
  ]);
  return fold("prompt", {}, ...messages);
}

function card(system, i) {
  const example = data.examples[i];
  const output = data.outputs[system][i];
  const head = el("h4", {}, el("b", {}, String(system + 1)), " ", SYSTEMS[system], " ", output ? chip(system, i) : null);
  if (!output) return el("article", { class: "card" }, head, el("p", {}, t("detail.missing")));
  const agreed = against(output.text, example.references, example.kind);
  const marks = [...apart(agreed, output.repeats || []), ...lacking(output)];
  return el(
    "article",
    { class: "card" },
    head,
    output.text
      ? el("p", { class: "text", lang: "zh", dir: "auto" }, marked(output.text, marks))
      : el("p", { class: "warn" }, output.error ? null : t("detail.empty")),
    warnings(output),
    el("p", { class: "note" }, t("detail.length", { n: Array.from(output.text).length })),
    judgement(output, system, i),
    output.prompt === undefined ? null : promptSent(output.prompt, example),
    output.raw ? fold("detail.raw", {}, el("pre", { class: "text" }, output.raw)) : null,
    output.samples
      ? fold(
          "detail.samples",
          { n: output.samples.length },
          output.samples.map((text) => el("p", { class: "text", lang: "zh" }, text)),
        )
      : null,
  );
}

function references(example) {
  const key = example.kind === "answer" ? "detail.references" : "detail.reference";
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
  const marks = (example.spans || []).map(([start, end]) => ({ start, end, kind: "evidence" }));
  const text = el(
    "div",
    { class: "article text", lang: "zh", tabindex: "0", role: "region", "aria-label": t("detail.article") },
    marked(article.text, marks),
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
    el("span", { class: "note" }, t("detail.at", { at: at + 1, n: found.length })),
    step("detail.after", found[at + 1]),
    el("button", { type: "button", onclick: back }, t("detail.list")),
    el("a", { href: address({ example: data.examples[i].id }) }, t("detail.link")),
  );
}

/** Return which marks the shown outputs can have. */
function legendOf(example, systems, i) {
  const outputs = systems.map((system) => data.outputs[system][i]).filter(Boolean);
  const found = example.kind === "answer" ? ["same", "differs"] : ["same"];
  if (outputs.some((output) => output.repeats)) found.push("repeat");
  if (outputs.some((output) => lacking(output).length)) found.push("unsupported");
  if ((example.spans || []).length) found.push("evidence");
  return legend(found);
}

function showDetail(found) {
  const i = current(found);
  if (i === undefined) {
    $("detail").replaceChildren(el("p", { class: "note pick" }, t("examples.none")));
    return;
  }
  const example = data.examples[i];
  const systems = shown();
  $("detail").replaceChildren(
    ...[
      steps(found, i),
      el("h3", { lang: example.question ? "zh" : ROOT.lang }, title(example)),
      tags(example),
      el("div", { class: "sides" }, references(example), evidence(example)),
      el("h4", {}, t("detail.outputs")),
      legendOf(example, systems, i),
      el("div", { class: "cards" }, systems.map((system) => card(system, i))),
      noteBox(example),
      articleBox(example),
    ].filter(Boolean),
  );
  const box = document.querySelector("#detail .article");
  const first = box?.querySelector("mark.evidence");
  if (first) box.scrollTop = first.offsetTop - box.clientHeight / 3;
}
