// Puts everything on the page, and again whenever something changes.

const LINKS = document.querySelectorAll("a[data-example]");
const VIEWS = document.querySelectorAll("a[data-view]");
let shownLanguage = "";

function language() {
  const asked = [state.lang, remembered("language"), navigator.language.slice(0, 2)];
  return asked.find((name) => LANGUAGES.includes(name)) ?? LANGUAGES[0];
}

function show() {
  ROOT.lang = language();
  $("language").value = ROOT.lang;
  if (ROOT.lang !== shownLanguage) translate();
  shownLanguage = ROOT.lang;
  ROOT.toggleAttribute("data-opened", Boolean(state.example)); // what is printed
  const found = chosen();
  showFilters();
  showSystems();
  showList(found);
  showLinks(found);
  showDetail(found);
  showPair(found);
}

/** Return the systems to show, one among them. */
function showing(system) {
  const names = shown().map((at) => SYSTEMS[at]);
  return !system || names.includes(system) ? state.show : [...names, system].join();
}

/** Return the changes that show just what a link's view names. */
function viewOf(node) {
  const view = JSON.parse(node.dataset.view);
  return { ...EVERYTHING, example: "", view: "list", at: "examples", show: showing(view.system), ...view };
}

/** Have the page's own links keep what is shown beside what they lead to. */
function showLinks(found) {
  for (const node of LINKS) {
    node.href = address(viewWith(INDEX.get(node.dataset.example), found, node.dataset.system));
  }
  for (const node of VIEWS) node.href = address(viewOf(node));
}

/** Go to the section that the address names, or to the list where it names filters. */
function goToSection() {
  if (state.at && $(state.at)) $(state.at).scrollIntoView();
  else if (state.example) reveal();
  else if (FILTERS.some((name) => state[name] !== DEFAULTS[name])) $("examples").scrollIntoView();
}

function theme(name) {
  const known = ["light", "dark"].includes(name) ? name : "auto";
  ROOT.dataset.theme = $("theme").value = known;
}

function listenToFilters() {
  let waiting = 0;
  $("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ q: $("q").value, page: "1" }), 150);
  });
  for (const name of FILTERS.filter((name) => $(name) && name !== "q")) {
    $(name).addEventListener("change", () => change({ [name]: $(name).value, page: "1" }));
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    $("q").value = "";
    change(EVERYTHING);
  });
  $("choice").addEventListener("change", () => {
    const names = [...$("choice").querySelectorAll("input:checked")].map((box) => box.value);
    change({ show: names.join(), pair: "" });
  });
  for (const id of ["previous-page", "next-page"]) {
    $(id).addEventListener("click", () => {
      change({ page: $(id).value, example: "" });
      $("list").closest(".scroll").scrollTop = 0;
    });
  }
  $("examples").addEventListener("keydown", step);
}

function listen() {
  listenToFilters();
  listenToPair();
  listenToDownloads();
  listenToTables();
  listenToNotes();
  $("language").addEventListener("change", () => {
    remember("language", $("language").value);
    change({ lang: $("language").value });
  });
  $("theme").addEventListener("change", () => {
    remember("theme", $("theme").value);
    theme($("theme").value);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  window.addEventListener("resize", () => showPair(chosen()));
  window.addEventListener("popstate", () => {
    if (!readAddress()) return;
    show();
    goToSection();
  });
  for (const node of LINKS) {
    node.addEventListener("click", (event) => open(event, INDEX.get(node.dataset.example), node.dataset.system));
  }
  for (const node of document.querySelectorAll("nav a")) {
    node.addEventListener("click", (event) => {
      event.preventDefault(); // the address keeps what is shown
      change({ at: node.hash.slice(1) });
      $(state.at).scrollIntoView();
    });
  }
  for (const node of VIEWS) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      change(viewOf(node));
      $("examples").scrollIntoView();
      $("list").querySelector("a")?.focus({ preventScroll: true });
    });
  }
}

readAddress();
theme(remembered("theme"));
listen();
show();
goToSection();
