// The list of examples: filters, search, order, pages.

const PER_PAGE = 25;
const BESIDE = matchMedia("(min-width: 64rem)"); // as in report.css
const haystacks = [];

/** Return text as it is searched: in one width and one case. */
function plain(text) {
  return text.normalize("NFKC").toLowerCase();
}

function haystack(i) {
  if (haystacks[i] === undefined) {
    const example = data.examples[i];
    const outputs = data.outputs.map((column) => (column[i] ? column[i].text : ""));
    const texts = [example.id, example.question || "", ...example.references, ...outputs];
    haystacks[i] = plain(texts.join("\n"));
  }
  return haystacks[i];
}

function isRight(system, i) {
  const found = mainValue(system, i);
  return found === null ? null : found === 1;
}

function fitsRight(i) {
  if (!state.right) return true;
  if (data.examples[i].kind !== "answer") return false;
  const me = SYSTEMS.indexOf(state.system);
  const mine = isRight(me, i);
  if (mine === null || mine !== ["right", "alone"].includes(state.right)) return false;
  if (state.right === "right" || state.right === "wrong") return true;
  return RANKED.some((other) => other !== me && isRight(other, i) === !mine);
}

function issues(system, i) {
  const output = data.outputs[system][i];
  return output ? output.issues || [] : ["missing"];
}

function fitsAltered(i) {
  if (!state.altered) return true;
  const altered = Boolean(data.outputs[SYSTEMS.indexOf(state.system)][i]?.altered);
  return altered === (state.altered === "yes");
}

function fits(i, words) {
  const example = data.examples[i];
  return (
    (!state.kind || example.kind === state.kind) &&
    (!state.article || example.article === state.article) &&
    (!state.type || example.type === state.type) &&
    (!state.difficulty || String(example.difficulty) === state.difficulty) &&
    (!state.place || example.place === state.place) &&
    fitsRight(i) &&
    (!state.issue || issues(SYSTEMS.indexOf(state.system), i).includes(state.issue)) &&
    fitsAltered(i) &&
    words.every((word) => haystack(i).includes(word))
  );
}

function spread(i) {
  const found = RANKED.map((system) => mainValue(system, i)).filter((v) => v !== null);
  return found.length ? Math.max(...found) - Math.min(...found) : 0;
}

function chosen() {
  const words = plain(state.q).split(/\s+/).filter(Boolean);
  const found = data.examples.map((_, i) => i).filter((i) => fits(i, words));
  if (state.sort === "order") return found;
  const me = SYSTEMS.indexOf(state.system);
  const weight = (i) => (state.sort === "worst" ? (mainValue(me, i) ?? 2) : -spread(i));
  const weights = new Map(found.map((i) => [i, weight(i)]));
  return found.sort((a, b) => weights.get(a) - weights.get(b) || a - b);
}

/** Fill a select once for each language, its values named by `nameOf`, and set it to the state. */
function options(id, nameOf, values) {
  const select = $(id);
  if (select.lang !== ROOT.lang) {
    const made = values.map((name) =>
      el("option", { value: name }, name ? nameOf(name) : t("examples.all")),
    );
    select.replaceChildren(...made);
    select.lang = ROOT.lang;
    select.closest("label").hidden = values.length < 2;
  }
  select.value = state[id];
}

function distinct(name) {
  const found = new Set();
  for (const example of data.examples) {
    if (example[name] !== undefined) found.add(String(example[name]));
  }
  return ["", ...found];
}

const CHOICES = Object.fromEntries(
  ["kind", "type", "difficulty", "place"].map((name) => [name, distinct(name)]),
);

const ISSUES = new Set(
  SYSTEMS.flatMap((_, system) => data.examples.flatMap((_, i) => issues(system, i))),
);
const NOISE = data.outputs.some((column) => column.some((output) => output?.altered));

function showFilters() {
  if (document.activeElement !== $("q")) $("q").value = state.q;
  for (const [name, values] of Object.entries(CHOICES)) {
    options(name, (kind) => word(name, kind), name === "difficulty" ? [...values].sort() : values);
  }
  options("article", showHidden, ["", ...ARTICLES.keys()]);
  options("system", showHidden, SYSTEMS);
  const ways = ["", "right", "wrong", "alone", "beaten"];
  options("right", (way) => t(`right.${way}`), CHOICES.kind.includes("answer") ? ways : [""]);
  options("issue", (name) => t(`issue.${name}`), ["", ...ISSUES]);
  options("altered", (name) => t(`altered.${name}`), NOISE ? ["", "yes", "no"] : [""]);
  options("sort", (order) => t(`sort.${order}`), ["order", "disagreement", "worst"]);
}

/** Return a score as a short sign with its words for those who cannot see it. */
function chip(system, i) {
  const found = mainValue(system, i);
  if (found === null) return el("span", { class: "chip none" }, "–");
  if (data.examples[i].kind === "summary" || (found > 0 && found < 1)) {
    return el("span", { class: "chip" }, found.toFixed(2));
  }
  const name = found === 1 ? "right" : "wrong";
  return el("span", { class: `chip ${name}`, role: "img", "aria-label": t(`right.${name}`) }, found === 1 ? "✓" : "✗");
}

function sign(shape, words) {
  return el("span", { class: "sign", role: "img", "aria-label": words, title: words }, shape);
}

/** Return signs on an output with issues, and on one whose evidence noise has altered. */
function signs(system, i) {
  const output = data.outputs[system][i];
  const found = [];
  if (output?.issues) {
    found.push(sign("▲", output.issues.map((name) => t(`issue.${name}`)).join(t("list.comma"))));
  }
  if (output?.altered) found.push(sign("≈", t("altered.yes")));
  return found.length ? el("span", { class: "signs" }, found) : null;
}

function title(example) {
  if (example.question) return example.question;
  const task = word("task", example.task);
  return example.characters ? t("detail.summary", { task, n: example.characters }) : task;
}

function link(i, ...children) {
  const example = data.examples[i];
  return el("a", { href: address({ example: example.id }), onclick: (event) => open(event, i) }, ...children);
}

function open(event, i) {
  event.preventDefault();
  at = points.findIndex((point) => point.i === i); // the scatter shows which it is, too
  change(viewWith(i, chosen()), { step: true });
  $("detail").scrollTop = 0;
  $("detail").focus({ preventScroll: true });
  reveal();
}

/** Bring the example into view: beside the list together with its row, below it at its top. */
function reveal() {
  const block = BESIDE.matches ? "nearest" : "start";
  if (BESIDE.matches) $("list").querySelector("[aria-current]")?.scrollIntoView({ block });
  $("detail").scrollIntoView({ block });
}

/** Return the changes that open an example; where the filters leave it out they are reset. */
function viewWith(i, found) {
  const place = found.indexOf(i);
  const page = String(Math.floor((place < 0 ? i : place) / PER_PAGE) + 1);
  return { ...(place < 0 ? EVERYTHING : {}), example: data.examples[i].id, page };
}

function row(i) {
  const example = data.examples[i];
  const kind = example.type ? word("type", example.type) : word("kind", example.kind);
  const asked = el("span", { lang: example.question ? "zh" : ROOT.lang }, title(example));
  return el(
    "tr",
    example.id === state.example ? { "aria-current": "true" } : {},
    el("th", { scope: "row" }, link(i, asked), el("small", {}, `${example.id} · ${kind}`)),
    SYSTEMS.map((_, system) => el("td", {}, chip(system, i), signs(system, i))),
  );
}

function count(n) {
  if (!n && state.right && state.kind === "summary") return t("examples.unjudged");
  const all = data.examples.length;
  return n ? t(n === all ? "examples.whole" : "examples.found", { n, all }) : t("examples.none");
}

function showList(found) {
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  const page = Math.min(pages, Math.max(1, Number.parseInt(state.page, 10) || 1));
  const heads = SYSTEMS.map((name) => el("th", { scope: "col" }, name));
  const list = $("list");
  list.tHead.replaceChildren(el("tr", {}, el("th", { scope: "col" }, t("examples.example")), heads));
  list.tBodies[0].replaceChildren(...found.slice((page - 1) * PER_PAGE, page * PER_PAGE).map(row));
  $("found").textContent = count(found.length);
  const [first, last] = [(page - 1) * PER_PAGE + 1, Math.min(page * PER_PAGE, found.length)];
  $("page").textContent = found.length ? t("examples.page", { page, pages, first, last }) : "";
  $("previous-page").disabled = page <= 1;
  $("next-page").disabled = page >= pages;
  $("previous-page").value = page - 1;
  $("next-page").value = page + 1;
}
