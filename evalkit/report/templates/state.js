// What is shown, kept in the address after `#?`, so that a view can be sent to a colleague.

const DEFAULTS = {
  lang: "",
  at: "",
  q: "",
  article: "",
  kind: "",
  task: "",
  type: "",
  difficulty: "",
  place: "",
  system: SYSTEMS[Math.max(0, data.systems.findIndex((s) => s.role === "model"))] || "",
  right: "",
  issue: "",
  altered: "",
  pair: "",
  sort: "order",
  page: "1",
  example: "",
  show: defaultSystems().join(),
  view: "list",
  metric: [...data.headline.answer, ...data.headline.summary, ...data.metrics.map((m) => m.name), ""][0],
};
const FILTERS = [
  "q", "article", "kind", "task", "type", "difficulty", "place", "system", "right", "issue", "altered",
  "pair", "sort",
];
const EVERYTHING = Object.fromEntries([...FILTERS, "page"].map((name) => [name, DEFAULTS[name]]));
let state = { ...DEFAULTS };

/** Return the systems that are shown at first: the models, or all where there is none. */
function defaultSystems() {
  const models = data.systems.filter((system) => system.role === "model");
  return (models.length ? models : data.systems).map((system) => system.name);
}

/** Return which systems are shown, as indexes, in their order; at least one. */
function shown() {
  const names = state.show.split(",");
  const found = SYSTEMS.map((_, i) => i).filter((i) => names.includes(SYSTEMS[i]));
  return found.length ? found : SYSTEMS.map((_, i) => i);
}

/** Return the two systems that are compared, where just two are shown. */
function pair() {
  const found = shown();
  return found.length === 2 ? found : null;
}

/** Return whether this page knows a value: an address may be of another run, or written by hand. */
function isKnown(name, value) {
  if (name === "system") return SYSTEMS.includes(value);
  return name !== "issue" || !value || `issue.${value}` in data.labels;
}

function readAddress() {
  if (location.hash && !location.hash.startsWith("#?")) return false;
  const query = new URLSearchParams(location.hash.slice(2));
  state = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (query.has(name) && isKnown(name, query.get(name))) state[name] = query.get(name);
  }
  return true;
}

function address(changes = {}) {
  const query = new URLSearchParams();
  for (const [name, now] of Object.entries({ ...state, ...changes })) {
    if (now !== DEFAULTS[name]) query.set(name, now);
  }
  return `#?${query}`;
}

/** Change what is shown; the browser's way back leads to what was shown before. */
function change(changes) {
  const before = address();
  state = { ...state, ...changes };
  if (address() !== before) history.pushState(null, "", address());
  show();
}

/** Keep a choice of the reader, such as the language, for the next time; not all browsers do. */
function remember(name, choice) {
  try {
    localStorage.setItem(`evalkit.${name}`, choice);
  } catch {
    // the page works without
  }
}

function remembered(name) {
  try {
    return localStorage.getItem(`evalkit.${name}`) ?? "";
  } catch {
    return "";
  }
}
