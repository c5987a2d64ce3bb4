// What is shown, kept in the address after `#?`, so that a view can be sent to a colleague.

const DEFAULTS = {
  lang: "",
  q: "",
  article: "",
  kind: "",
  type: "",
  difficulty: "",
  place: "",
  system: SYSTEMS[Math.max(0, data.systems.findIndex((s) => s.role === "model"))] || "",
  right: "",
  issue: "",
  altered: "",
  sort: "order",
  page: "1",
  example: "",
  metric: [...data.headline.answer, ...data.headline.summary, ...data.metrics.map((m) => m.name), ""][0],
  x: SYSTEMS[0] || "",
  y: SYSTEMS[Math.min(1, SYSTEMS.length - 1)] || "",
};
const FILTERS = [
  "q", "article", "kind", "type", "difficulty", "place", "system", "right", "issue", "altered", "sort",
];
const EVERYTHING = Object.fromEntries([...FILTERS, "page"].map((name) => [name, DEFAULTS[name]]));
let state = { ...DEFAULTS };

function readAddress() {
  if (!location.hash.startsWith("#?")) return false;
  const query = new URLSearchParams(location.hash.slice(2));
  state = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (query.has(name)) state[name] = query.get(name);
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

/** Change what is shown; with `step`, the browser's way back leads to what was shown before. */
function change(changes, { step = false } = {}) {
  state = { ...state, ...changes };
  if (step) history.pushState(null, "", address());
  else history.replaceState(null, "", address());
  show();
}
