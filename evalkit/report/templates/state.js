// What is shown, kept in the address after `#?`, so that a view can be sent to a colleague.

const DEFAULTS = {
  lang: "",
  q: "",
  article: "",
  task: "",
  type: "",
  difficulty: "",
  place: "",
  system: SYSTEMS[Math.max(0, data.systems.findIndex((s) => s.role === "contestant"))] || "",
  right: "",
  oddity: "",
  sort: "order",
  page: "1",
  example: "",
  metric: MAIN.answer || MAIN.summary || (data.metrics[0] || { name: "" }).name,
  x: SYSTEMS[0] || "",
  y: SYSTEMS[Math.min(1, SYSTEMS.length - 1)] || "",
};
const FILTERS = [
  "q", "article", "task", "type", "difficulty", "place", "system", "right", "oddity", "sort",
];
const EVERYTHING = Object.fromEntries([...FILTERS, "page"].map((name) => [name, DEFAULTS[name]]));
let state = { ...DEFAULTS };

function readAddress() {
  if (!location.hash.startsWith("#?")) return false;
  const told = new URLSearchParams(location.hash.slice(2));
  state = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS)) {
    if (told.has(name)) state[name] = told.get(name);
  }
  return true;
}

function address(changes = {}) {
  const told = new URLSearchParams();
  for (const [name, now] of Object.entries({ ...state, ...changes })) {
    if (now !== DEFAULTS[name]) told.set(name, now);
  }
  return `#?${told}`;
}

/** Change what is shown; with `step`, the browser's way back leads to what was shown before. */
function change(changes, { step = false } = {}) {
  state = { ...state, ...changes };
  if (step) history.pushState(null, "", address());
  else history.replaceState(null, "", address());
  show();
}
