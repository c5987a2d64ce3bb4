// Which examples are listed, and in which order.

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

/** Return whether an example is in one cell of the table of two systems, `10`: right and wrong. */
function fitsPair(i) {
  const both = pair();
  if (!state.pair || !both) return true;
  if (data.examples[i].kind !== "answer") return false;
  const found = both.map((system) => isRight(system, i));
  return !found.includes(null) && found.map(Number).join("") === state.pair;
}

/** Return the kinds of error that an output has. */
function issues(system, i) {
  const output = data.outputs[system][i];
  return output ? output.issues || [] : ["missing"];
}

function fitsIssue(i) {
  return !state.issue || issues(SYSTEMS.indexOf(state.system), i).includes(state.issue);
}

function fitsAltered(i) {
  if (!state.altered) return true;
  const altered = Boolean(data.outputs[SYSTEMS.indexOf(state.system)]?.[i]?.altered);
  return altered === (state.altered === "yes");
}

const FACETS = ["article", "kind", "task", "type", "difficulty", "place"];

function fits(i, words) {
  const example = data.examples[i];
  return (
    FACETS.every((name) => !state[name] || String(example[name] ?? "") === state[name]) &&
    fitsRight(i) &&
    fitsPair(i) &&
    fitsIssue(i) &&
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

/** Fill a select anew where its choices changed, named by `nameOf`; one without a choice is hidden. */
function options(id, nameOf, values) {
  const select = $(id);
  const now = `${ROOT.lang} ${values.join("\n")}`;
  if (select.dataset.now !== now) {
    const made = values.map((name) =>
      el("option", { value: name }, name ? nameOf(name) : t("examples.all")),
    );
    select.replaceChildren(...made);
    select.dataset.now = now;
    select.closest("label").hidden = values.filter(Boolean).length < 2;
  }
  select.value = state[id];
}

/** Return what the examples have of a facet, in order; nothing where that is one thing only. */
function distinct(name) {
  const found = new Set();
  for (const example of data.examples) {
    if (example[name] !== undefined) found.add(String(example[name]));
  }
  const values = [...found];
  return ["", ...(name === "difficulty" ? values.sort() : values)];
}

const CHOICES = Object.fromEntries(FACETS.map((name) => [name, distinct(name)]));
const NOISE = data.outputs.some((column) => column.some((output) => output?.altered));
const counted = new Map();

/** Return how many outputs of a system have each kind of error, in the order of the labels. */
function countIssues(system) {
  if (!counted.has(system)) {
    const found = {};
    data.examples.forEach((_, i) => issues(system, i).forEach((kind) => (found[kind] = (found[kind] ?? 0) + 1)));
    const order = Object.keys(data.labels);
    const rank = (kind) => order.indexOf(`issue.${kind}`);
    counted.set(system, Object.fromEntries(Object.entries(found).sort(([a], [b]) => rank(a) - rank(b))));
  }
  return counted.get(system);
}

function showFilters() {
  if (document.activeElement !== $("q")) $("q").value = state.q;
  for (const [name, values] of Object.entries(CHOICES)) {
    options(name, (value) => (name === "article" ? ARTICLES.get(value)?.title || value : word(name, value)), values);
  }
  options("system", showHidden, SYSTEMS);
  const ways = ["", "right", "wrong", ...(RANKED.length > 1 ? ["alone", "beaten"] : [])];
  options("right", (way) => t(`right.${way}`), CHOICES.kind.includes("answer") ? ways : [""]);
  const found = countIssues(SYSTEMS.indexOf(state.system));
  const kinds = Object.keys(found);
  options("issue", (kind) => t("examples.counted", { what: t(`issue.${kind}`), n: found[kind] ?? 0 }), [
    "", ...kinds, ...(state.issue && !kinds.includes(state.issue) ? [state.issue] : []),
  ]);
  $("issue").closest("label").hidden = !kinds.length && !state.issue;
  options("altered", (name) => t(`altered.${name}`), NOISE ? ["", "yes", "no"] : [""]);
  const both = pair()?.map((system) => SYSTEMS[system]);
  const cells = both && CHOICES.kind.includes("answer") ? ["", "10", "01", "11", "00"] : [""];
  options("pair", (cell) => t(`pair.${cell}`, { a: both[0], b: both[1] }), cells);
  options("sort", (order) => t(`sort.${order}`), ["order", "disagreement", "worst"]);
}
