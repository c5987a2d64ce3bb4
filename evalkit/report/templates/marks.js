// Marks in texts: what two of them share, what repeats, the evidence, what the article lacks.

const SHORTEST = 3; // characters; shorter runs are shared by any two texts
const LARGEST = 4e6; // pairs of characters that are compared at once
const NUMBERS =
  /[0-9０-９]+(?:[.,，．:：][0-9０-９]+)*[%％‰]?[十百千万亿]*|[〇零一二三四五六七八九两十百千万亿]{2,}/gu;

/** Return for each place in a text (in code points) whether a number goes on across it. */
function insideNumbers(text) {
  const inside = new Array(Array.from(text).length + 1).fill(false);
  for (const match of text.matchAll(NUMBERS)) {
    const start = Array.from(text.slice(0, match.index)).length;
    for (let i = start + 1; i < start + Array.from(match[0]).length; i++) inside[i] = true;
  }
  return inside;
}

/** Return a run within both texts without the parts of numbers at its ends. */
function whole(run, mine, theirs) {
  let { start, end, at } = run;
  while (start < end && (mine[start] || theirs[at])) [start, at] = [start + 1, at + 1];
  while (start < end && (mine[end] || theirs[at + end - start])) end--;
  return { start, end };
}

/** Return the runs of a text that are in another one, each as long as possible, numbers whole. */
function shared(text, other) {
  const [a, b] = [Array.from(text), Array.from(other)];
  if (text === other) return a.length ? [{ start: 0, end: a.length }] : [];
  if (a.length * b.length > LARGEST) return [];
  const [mine, theirs] = [insideNumbers(text), insideNumbers(other)];
  const places = new Map();
  b.forEach((char, at) => places.get(char)?.push(at) ?? places.set(char, [at]));
  const found = [];
  for (let start = 0; start < a.length; ) {
    let best = { start, end: start, at: 0 };
    for (const at of places.get(a[start]) ?? []) {
      let n = 1;
      while (start + n < a.length && at + n < b.length && a[start + n] === b[at + n]) n++;
      if (n > best.end - best.start) best = { start, end: start + n, at };
    }
    const run = whole(best, mine, theirs);
    if (run.end - run.start >= SHORTEST) found.push(run);
    start = Math.max(best.end, start + 1);
  }
  return found;
}

/** Return what of a text is outside some runs of it. */
function outside(runs, length) {
  const cuts = [0, ...runs.flatMap(({ start, end }) => [start, end]), length];
  const found = [];
  for (let i = 0; i < cuts.length; i += 2) found.push({ start: cuts[i], end: cuts[i + 1] });
  return found.filter(({ start, end }) => end > start);
}

/** Return marks on an output: what it shares with the nearest reference; in an answer the rest, too. */
function against(text, references, kind) {
  const total = (runs) => runs.reduce((n, { start, end }) => n + end - start, 0);
  const ways = references.map((reference) => shared(text, reference));
  const best = ways.reduce((one, other) => (total(other) > total(one) ? other : one), []);
  const same = best.map((run) => ({ ...run, kind: "same" }));
  if (kind === "summary" || !references.length) return same;
  return [...same, ...outside(best, Array.from(text).length).map((run) => ({ ...run, kind: "differs" }))];
}

/** Return marks without those parts that repeat what the text has had before. */
function apart(marks, repeats) {
  const clear = (mark) =>
    repeats.reduce(
      (left, [from, to]) =>
        left.flatMap((part) => [
          { ...part, end: Math.min(part.end, from) },
          { ...part, start: Math.max(part.start, to) },
        ]).filter(({ start, end }) => end > start),
      [mark],
    );
  const repeated = repeats.map(([start, end]) => ({ start, end, kind: "repeat" }));
  return [...marks.flatMap(clear), ...repeated];
}

/** Return text as nodes, marks (in code points) around their parts. */
function marked(text, marks) {
  const chars = Array.from(text);
  const cuts = new Set([0, chars.length]);
  for (const mark of marks) cuts.add(mark.start).add(mark.end);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => {
    const start = places[i];
    const piece = showHidden(chars.slice(start, end).join(""));
    const kinds = marks.filter((mark) => mark.start <= start && end <= mark.end);
    if (!kinds.length) return document.createTextNode(piece);
    const names = [...new Set(kinds.map((mark) => mark.kind))];
    const title = names.map((name) => t(`legend.${name}`)).join(" · ");
    return el("mark", { class: names.join(" "), title }, piece);
  });
}

function legend(kinds) {
  const marks = kinds.map((kind) => el("mark", { class: kind }, t(`legend.${kind}`)));
  return el("p", { class: "legend" }, t("legend"), t("colon"), marks);
}
