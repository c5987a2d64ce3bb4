// Puts everything on the page, and again whenever something changes.

const LINKS = document.querySelectorAll("a[data-example]");
const VIEWS = document.querySelectorAll("a[data-view]");
let shownLanguage = "";

function language() {
  if (LANGUAGES.includes(state.lang)) return state.lang;
  return LANGUAGES.find((name) => navigator.language.startsWith(name)) ?? LANGUAGES[0];
}

function show() {
  ROOT.lang = language();
  $("language").value = ROOT.lang;
  if (ROOT.lang !== shownLanguage) translate();
  shownLanguage = ROOT.lang;
  const found = chosen();
  showFilters();
  showList(found);
  showLinks(found);
  showDetail(found);
  showScatter();
}

/** Return the changes that show just what a link's view names. */
function viewOf(node) {
  return { ...EVERYTHING, example: "", ...JSON.parse(node.dataset.view) };
}

/** Have the page's own links keep what is shown beside what they lead to. */
function showLinks(found) {
  for (const node of LINKS) {
    node.href = address(viewWith(INDEX.get(node.dataset.example), found));
  }
  for (const node of VIEWS) node.href = address(viewOf(node));
}

function listen() {
  let waiting = 0;
  $("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => change({ q: $("q").value, page: "1" }), 150);
  });
  for (const name of FILTERS.slice(1)) {
    $(name).addEventListener("change", () => change({ [name]: $(name).value, page: "1" }));
  }
  for (const name of ["metric", "x", "y"]) {
    $(name).addEventListener("change", () => {
      at = -1;
      change({ [name]: $(name).value });
    });
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    $("q").value = "";
    change(EVERYTHING);
  });
  for (const id of ["previous-page", "next-page"]) {
    $(id).addEventListener("click", () => change({ page: $(id).value }));
  }
  $("language").addEventListener("change", () => change({ lang: $("language").value }));
  $("theme").addEventListener("change", () => {
    ROOT.dataset.theme = $("theme").value;
    showScatter();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showScatter);
  window.addEventListener("resize", showScatter);
  window.addEventListener("hashchange", () => readAddress() && show());
  window.addEventListener("popstate", () => readAddress() && show());
  for (const node of LINKS) {
    node.addEventListener("click", (event) => open(event, INDEX.get(node.dataset.example)));
  }
  for (const node of document.querySelectorAll("nav a")) {
    node.addEventListener("click", (event) => {
      event.preventDefault(); // the address keeps what is shown
      $(node.hash.slice(1)).scrollIntoView();
    });
  }
  for (const node of VIEWS) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      change(viewOf(node), { step: true });
      $("examples").scrollIntoView();
      $("list").querySelector("a")?.focus({ preventScroll: true });
    });
  }
  listenToPlane();
}

readAddress();
listen();
show();
if (state.example) reveal();
else if (FILTERS.some((name) => state[name] !== DEFAULTS[name])) $("examples").scrollIntoView();
