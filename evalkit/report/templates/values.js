// The page's examples, systems and scores, found by name.

const MAIN = data.examples.map(({ kind, step }) => data.judges[kind][step]); // metric by example
const INDEX = new Map(data.examples.map((example, i) => [example.id, i]));
const ARTICLES = new Map(data.articles.map((article) => [article.id, article]));
const SYSTEMS = data.systems.map((system) => system.name);
const RANKED = data.systems // those whose disagreement is of interest: all but the oracle
  .map((system, i) => (system.role === "oracle" ? -1 : i))
  .filter((i) => i >= 0);

function value(metric, system, i) {
  const found = data.values[metric]?.[system]?.[i];
  return found === undefined ? null : found;
}

function mainValue(system, i) {
  return value(MAIN[i], system, i);
}
