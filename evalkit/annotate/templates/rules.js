// The rules of `references check`, as far as a page can know them: figures are read in digits and in
// simple Chinese numerals. The command itself decides when the file is read in.

const RULES = data.rules;
const HAN_DIGITS = new Map([..."零一二三四五六七八九"].map((char, i) => [char, i]));
for (const [char, i] of [["〇", 0], ["两", 2]]) HAN_DIGITS.set(char, i);
const HAN_SCALES = new Map([["十", 10], ["百", 100], ["千", 1000], ["万", 1e4], ["亿", 1e8]]);
const FIGURE =
  /(百分之|千分之)?(?:(?<![a-z0-9.])(\d[\d,]*(?:\.\d+)?)([十百千万亿]*)(?![a-z]|\+\d)|([〇零一二两三四五六七八九十百千万亿]+))([%‰])?/gu;
const TOKEN =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}々〆〇]|(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}々〆〇])[\p{L}\p{N}])+(?:\.\p{N}+)*[%‰]?/gu;

function fold(text) {
  return text.normalize("NFKC").replace(/\p{Cf}/gu, "").toLowerCase();
}

/** Return a folded text without the spaces that separate no Latin words or digits. */
function closeUp(text) {
  return fold(text).replace(/\s+(?![a-z0-9])|(?<![a-z0-9])\s+/g, "");
}

function tokens(text) {
  return fold(text).match(TOKEN) ?? [];
}

/** Return the value of a Chinese numeral, digit by digit or with scales: 二〇一九, 三百五十. */
function hanValue(text) {
  const chars = [...text];
  if (chars.every((char) => HAN_DIGITS.has(char))) return Number(chars.map((c) => HAN_DIGITS.get(c)).join(""));
  let [total, section, digit] = [0, 0, null];
  for (const char of chars) {
    const scale = HAN_SCALES.get(char);
    if (scale === undefined) digit = HAN_DIGITS.get(char);
    else if (scale < 1e4) [section, digit] = [section + (digit ?? 1) * scale, null];
    else [total, section, digit] = [(total + section + (digit ?? 0) || 1) * scale, 0, null];
  }
  return total + section + (digit ?? 0);
}

/** Return the figures of a text: how each is written → its value with its sign. */
function figures(text, { digitsOnly = false } = {}) {
  const found = new Map();
  for (const [written, share, digits, scales, han, sign] of fold(text).matchAll(FIGURE)) {
    if (digitsOnly && han) continue;
    const scale = [...(scales ?? "")].reduce((all, char) => all * HAN_SCALES.get(char), 1);
    const value = han ? hanValue(han) : Number(digits.replaceAll(",", "")) * scale;
    const shown = { 百分之: "%", 千分之: "‰" }[share] ?? sign ?? "";
    found.set(written, `${Number(value.toPrecision(12))}${shown}`);
  }
  return found;
}

/** Return the first figure in digits of a text that another one does not state. */
function unstated(text, source) {
  const stated = new Set(figures(source).values());
  for (const [written, value] of figures(text, { digitsOnly: true })) {
    if (!stated.has(value)) return written;
  }
  return null;
}

/** Return whether a text holds a part, with no figure of it cut out of a longer one. */
function states(text, part) {
  const wanted = closeUp(part);
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const before = /^\d/.test(wanted) ? "(?<![0-9])(?<![0-9]\\.)" : "";
  const after = /\d$/.test(wanted) ? "(?![0-9]|\\.[0-9])" : "";
  return new RegExp(`${before}${escaped}${after}`, "u").test(closeUp(text));
}

/** Return the F value of the longest common subsequence of two texts' tokens (ROUGE-L). */
function overlap(one, other) {
  const [a, b] = [tokens(one), tokens(other)];
  if (!a.length || !b.length) return 0;
  let before = new Array(b.length + 1).fill(0);
  for (const token of a) {
    const now = [0];
    b.forEach((with_, j) => now.push(token === with_ ? before[j] + 1 : Math.max(before[j + 1], now[j])));
    before = now;
  }
  return (2 * before[b.length]) / (a.length + b.length);
}

/** Return the length of the longest run of characters that a text shares with the article. */
function copied(text, article) {
  const [chars, source] = [[...fold(text)], fold(article)];
  let longest = 0;
  for (let end = 1; end <= chars.length; end += 1) {
    while (longest < end && source.includes(chars.slice(end - longest - 1, end).join(""))) longest += 1;
  }
  return longest;
}

/** Return every problem of one article's references: key of the file, rule, what to fill in. */
function problemsOf(file, article) {
  const found = [];
  const add = (key, rule, values = {}) => found.push({ key, rule, values });
  const texts = textsOf(file);
  tooFewSummaries(file, add);
  for (const one of texts) textProblems(one, article, add);
  alike(texts, add);
  file.focused.forEach((focus, i) => {
    if (!focus.focus.trim()) add(`focused.${i}`, "unwritten");
    const n = focus.references.length;
    if (n < RULES.minOfFocus) add(`focused.${i}.references`, "few.focus", { n, least: RULES.minOfFocus });
  });
  tooFewQuestions(file, add);
  sameQuestions(file, add);
  file.questions.forEach((question, i) => questionProblems(question, `questions.${i}`, article, add));
  halves(file, article, add);
  return found;
}

function textsOf(file) {
  const summaries = file.summaries.map((one, i) => ({ ...one, key: `summaries.${i}.text` }));
  const focused = file.focused.flatMap(({ references }, i) =>
    references.map((one, j) => ({ ...one, task: "focused", key: `focused.${i}.references.${j}.text` })),
  );
  return [...summaries, ...focused, { task: "headline", text: file.headline, key: "headline" }];
}

function tooFewSummaries(file, add) {
  for (const [task, least] of Object.entries(RULES.minOfTask)) {
    const n = file.summaries.filter((one) => one.task === task).length;
    if (n < least) add("summaries", "few", { n, name: word("task", task), least });
  }
}

function textProblems({ task, text, key, evidence }, article, add) {
  if (!text.trim()) return add(key, "unwritten");
  const n = [...text.trim()].length;
  const [low, high] = RULES.bounds[task];
  if (n < low || n > high) add(key, "length", { n, low, high });
  const figure = unstated(text, evidence ? evidence.join("\n") : article);
  if (figure) add(key, evidence ? "number.evidence" : "number.article", { figure });
  const run = task === "headline" ? 0 : copied(text, article);
  if (run > RULES.maxCopied) add(key, "copied", { n: run });
}

function alike(texts, add) {
  const written = texts.filter(({ task, text }) => task !== "headline" && text.trim());
  written.forEach((other, i) => {
    for (const one of written.slice(0, i)) {
      if ((one.task === "focused") !== (other.task === "focused")) continue;
      const value = overlap(one.text, other.text);
      if (value > RULES.maxOverlap) add(other.key, "alike", { value: value.toFixed(2), most: RULES.maxOverlap });
    }
  });
}

function tooFewQuestions(file, add) {
  const asked = file.questions;
  const few = (name, n, least) => n < least && add("questions", "few", { n, name, least });
  for (const [types, least] of RULES.minOfTypes) {
    if (types.every((type) => file.lacks.includes(type))) continue;
    const names = types.map((type) => word("type", type)).join(t("or"));
    few(names, asked.filter(({ type }) => types.includes(type)).length, least);
  }
  few(t("joined", { n: RULES.joined }), asked.filter((q) => q.difficulty >= RULES.joined).length, RULES.minJoined);
  for (const answer of RULES.canonical.yesno) {
    few(t("yesno", { answer }), asked.filter((q) => q.type === "yesno" && q.answers[0] === answer).length, 1);
  }
  few(t("any"), asked.length, RULES.minQuestions);
}

function sameQuestions(file, add) {
  const first = new Map();
  file.questions.forEach(({ question, id }, i) => {
    const asked = tokens(question).join(" ");
    if (!asked) return;
    if (first.has(asked)) add(`questions.${i}.question`, "same", { id: first.get(asked) });
    else first.set(asked, id);
  });
}

function questionProblems(question, key, article, add) {
  const { type, difficulty, answers, evidence, note } = question;
  if (!question.question.trim() || !answers.length) return add(key, "unwritten");
  if (difficulty >= RULES.hard && !note.trim()) add(key, "note", { n: difficulty });
  if (type !== "unanswerable" && !evidence.length) add(key, "evidence.none");
  if (type === "unanswerable" && evidence.length) add(`${key}.evidence`, "evidence.some");
  const canonical = RULES.canonical[type];
  if (canonical) {
    if (!canonical.includes(answers[0])) add(`${key}.answers.0`, "canonical", { answers: canonical.join(t("or")) });
    return undefined;
  }
  const [source, words] = evidence.length ? ["evidence", evidence] : ["article", [article]];
  const isJoined = difficulty >= RULES.joined;
  if (RULES.quoted.includes(type) && !(isJoined && note.trim())) {
    for (const part of type === "list" ? answers[0].split("、") : [answers[0]]) {
      if (!states(words.join(""), part)) add(`${key}.answers.0`, `unquoted.${source}`, { part });
    }
  }
  const result = isJoined ? note.slice(note.lastIndexOf("=") + 1) : "";
  answers.forEach((answer, j) => {
    const figure = unstated(answer, [...words, result].join("\n"));
    if (figure) add(`${key}.answers.${j}`, `number.${source}`, { figure });
    if (states(question.question, answer)) add(`${key}.question`, "given", { answer });
  });
  return undefined;
}

function halves(file, article, add) {
  const places = file.questions.flatMap(({ evidence }) => evidence.map((quote) => article.indexOf(quote)));
  const found = places.filter((place) => place >= 0);
  const first = found.filter((place) => place < article.length / 2).length;
  for (const [half, n] of [["first", first], ["second", found.length - first]]) {
    if (n > RULES.maxInOneHalf * found.length) add("questions", `half.${half}`, { n, all: found.length });
  }
}
