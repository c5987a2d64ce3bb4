// The list of examples: a line each, a narrow numbered column for each system that is shown.

const PER_PAGE = 25;
const BESIDE = matchMedia("(min-width: 64rem)"); // as in examples.css
const SHADES = [0.25, 0.5, 0.75, 1]; // of what people reach; a score at or above the last is darkest

/** Return how dark a summary's score is shown, 0 to 4, beside the mean of people on its task. */
function shade(found, i) {
  const people = data.people[MAIN[i]]?.[data.examples[i].task];
  return people ? SHADES.filter((share) => found >= share * people).length : null;
}

/** Return a score as a short sign with its words for those who cannot see it. */
function chip(system, i) {
  const found = mainValue(system, i);
  if (found === null) return el("span", { class: "chip none" }, "–");
  if (data.examples[i].kind === "summary" || (found > 0 && found < 1)) {
    const dark = shade(found, i);
    return el("span", { class: dark === null ? "chip" : `chip shade-${dark}` }, found.toFixed(2));
  }
  const more = issues(system, i).includes("in_sentence");
  const [name, shape] = found === 1 ? ["right", "✓"] : more ? ["partly", "◐"] : ["wrong", "✗"];
  const words = more ? t("issue.in_sentence") : t(`right.${name}`);
  return el("span", { class: `chip ${name}`, role: "img", "aria-label": words, title: words }, shape);
}

function sign(shape, words) {
  return el("span", { class: "sign", role: "img", "aria-label": words, title: words }, shape);
}

/** Return signs on an output with issues that its score does not show, or with altered evidence. */
function signs(system, i) {
  const found = [];
  const told = issues(system, i).filter((kind) => !data.answer_errors.includes(kind));
  if (told.length && data.outputs[system][i]) {
    found.push(sign("▲", told.map((kind) => t(`issue.${kind}`)).join(t("list.comma"))));
  }
  if (data.outputs[system][i]?.altered) found.push(sign("≈", t("altered.yes")));
  return found.length ? el("span", { class: "signs" }, found) : null;
}

function title(example) {
  const task = word("task", example.task);
  if (example.kind === "answer") return example.question;
  if (example.question) return t("named", { meaning: task, name: example.question });
  return example.characters ? t("detail.summary", { task, n: example.characters }) : task;
}

/** Return which article a summary is of: a question says so itself. */
function about(example) {
  const article = example.question ? null : ARTICLES.get(example.article);
  return article ? el("small", { lang: "zh" }, " ", article.title) : null;
}

function noted(example) {
  return notes[example.id] ? sign(" ✎", t("notes.yours")) : null;
}

function link(i, ...children) {
  const example = data.examples[i];
  return el("a", { href: address({ example: example.id }), onclick: (event) => open(event, i) }, ...children);
}

function open(event, i, system) {
  event.preventDefault();
  change(viewWith(i, chosen(), system));
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

/** Return the changes that open an example, with a system's output; filters that hide it are reset. */
function viewWith(i, found, system) {
  const place = found.indexOf(i);
  const page = String(Math.floor((place < 0 ? i : place) / PER_PAGE) + 1);
  return { ...(place < 0 ? EVERYTHING : {}), example: data.examples[i].id, page, show: showing(system) };
}

/** Return the example that is open: the one that was chosen, or the first of the page. */
function current(found) {
  const i = INDEX.get(state.example);
  return i !== undefined && found.includes(i) ? i : found[(pageOf(found) - 1) * PER_PAGE];
}

function pageOf(found) {
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  return Math.min(pages, Math.max(1, Number.parseInt(state.page, 10) || 1));
}

function row(i, at, systems) {
  const example = data.examples[i];
  const asked = el("span", { lang: example.question ? "zh" : ROOT.lang }, title(example));
  return el(
    "tr",
    i === at ? { "aria-current": "true" } : {},
    el("th", { scope: "row", title: showHidden(`${title(example)}\n${example.id}`) }, link(i, asked), about(example), noted(example)),
    systems.map((system) => el("td", {}, chip(system, i), signs(system, i))),
  );
}

function count(n) {
  if (!n && state.right && state.kind === "summary") return t("examples.unjudged");
  const all = data.examples.length;
  return n ? t(n === all ? "examples.whole" : "examples.found", { n, all }) : t("examples.none");
}

function heads(systems) {
  const named = systems.map((system) =>
    el(
      "th",
      { scope: "col", title: showHidden(SYSTEMS[system]) },
      el("span", { "aria-hidden": "true" }, String(system + 1)),
      el("span", { class: "spoken" }, SYSTEMS[system]),
    ),
  );
  return el("tr", {}, el("th", { scope: "col" }, t("examples.example")), named);
}

function showList(found) {
  const [page, pages] = [pageOf(found), Math.max(1, Math.ceil(found.length / PER_PAGE))];
  const [systems, at, list] = [shown(), current(found), $("list")];
  list.style.minWidth = `${9 + 2.9 * systems.length}rem`; // a name's room, and a column for each
  list.tHead.replaceChildren(heads(systems));
  const listed = found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  list.tBodies[0].replaceChildren(...listed.map((i) => row(i, at, systems)));
  $("found").textContent = count(found.length);
  const [first, last] = [(page - 1) * PER_PAGE + 1, Math.min(page * PER_PAGE, found.length)];
  $("page").textContent = found.length ? t("examples.page", { page, pages, first, last }) : "";
  $("previous-page").disabled = page <= 1;
  $("next-page").disabled = page >= pages;
  $("previous-page").value = page - 1;
  $("next-page").value = page + 1;
}

/** Show the choice of systems: its numbers are those of the columns. */
function showSystems() {
  $("systems").hidden = SYSTEMS.length < 2;
  const now = shown();
  const boxes = SYSTEMS.map((name, i) => {
    const box = el("input", { type: "checkbox", value: name, id: `system-${i}` });
    box.checked = now.includes(i);
    box.disabled = box.checked && now.length === 1;
    return el("label", {}, box, el("b", {}, String(i + 1)), " ", name, " ", el("small", {}, t(`role.${data.systems[i].role}`)));
  });
  const focused = document.activeElement?.id;
  $("choice").replaceChildren(...boxes);
  if (focused?.startsWith("system-")) $(focused).focus();
}

/** Step through the examples by keys, while the focus is in the list or the example. */
function step(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  const inList = Boolean(event.target.closest("#list"));
  const by = { j: 1, k: -1, ...(inList ? { ArrowDown: 1, ArrowUp: -1 } : {}) }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const found = chosen();
  const i = found[found.indexOf(current(found)) + by];
  if (i === undefined) return;
  open(event, i);
  if (inList) $("list").querySelector("[aria-current] a")?.focus();
}
