// Two systems against each other: a table of counts for right and wrong, else a point an example.

const PAD = { left: 48, right: 14, top: 14, bottom: 40 };
const NEAR = 14; // pixels from a point that still count as on it
let points = [];
let highest = 1; // of both axes
let drawn = { key: "", picture: null }; // all but the ring: many points take long to draw

/** Return the metrics that both systems have values of. */
function sharedMetrics([a, b]) {
  const names = data.metrics.map((metric) => metric.name);
  return names.filter((name) => [a, b].every((system) => data.values[name][system]?.some((v) => v !== null)));
}

function isJudgement(metric, both) {
  return both.every((system) => data.values[metric][system].every((v) => v === null || v === 0 || v === 1));
}

function findPoints([across, upright], found) {
  points = [];
  for (const i of found) {
    const [x, y] = [value(state.metric, across, i), value(state.metric, upright, i)];
    if (x !== null && y !== null) points.push({ i, x, y });
  }
  highest = Math.max(...points.slice(0, 1).map(() => 0.1), points.reduce((most, { x, y }) => Math.max(most, x, y), 0));
  highest = Math.ceil(highest * 10) / 10;
}

function color(name) {
  const probe = el("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function drawAxes(pen, size, [across, upright]) {
  const span = size - PAD.left - PAD.right;
  pen.font = "12px system-ui, sans-serif";
  for (let k = 0; k <= 4; k++) {
    const [x, y] = [PAD.left + (span * k) / 4, size - PAD.bottom - ((size - PAD.top - PAD.bottom) * k) / 4];
    pen.strokeStyle = color("grid");
    pen.fillStyle = color("muted");
    pen.beginPath();
    pen.moveTo(x, PAD.top);
    pen.lineTo(x, size - PAD.bottom);
    pen.moveTo(PAD.left, y);
    pen.lineTo(size - PAD.right, y);
    pen.stroke();
    const tick = String(Number(((highest * k) / 4).toFixed(3)));
    pen.textAlign = "center";
    pen.fillText(tick, x, size - PAD.bottom + 16);
    pen.textAlign = "right";
    pen.fillText(tick, PAD.left - 6, y + 4);
  }
  pen.textAlign = "center";
  pen.fillStyle = color("ink");
  pen.fillText(SYSTEMS[across], PAD.left + span / 2, size - 6);
  pen.save();
  pen.translate(11, size / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(SYSTEMS[upright], 0, 0);
  pen.restore();
  pen.strokeStyle = color("muted");
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(PAD.left, size - PAD.bottom);
  pen.lineTo(size - PAD.right, PAD.top);
  pen.stroke();
  pen.setLineDash([]);
}

function place(point, size) {
  return [
    PAD.left + (size - PAD.left - PAD.right) * (point.x / highest),
    size - PAD.bottom - (size - PAD.top - PAD.bottom) * (point.y / highest),
  ];
}

function drawPoints(pen, size) {
  pen.fillStyle = color("accent");
  pen.globalAlpha = 0.5;
  for (const point of points) {
    [point.px, point.py] = place(point, size);
    pen.beginPath();
    pen.arc(point.px, point.py, 4, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function drawRing(pen, at) {
  const point = points.find(({ i }) => i === at);
  if (!point) return;
  pen.strokeStyle = color("ink");
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(point.px, point.py, 8, 0, 2 * Math.PI);
  pen.stroke();
}

function drawPlane(both, found) {
  findPoints(both, found);
  const plane = $("plane");
  const size = Math.min(480, plane.parentElement.clientWidth || 320);
  const scale = window.devicePixelRatio || 1;
  plane.width = plane.height = size * scale;
  plane.style.width = plane.style.height = `${size}px`;
  const pen = plane.getContext("2d", { willReadFrequently: true });
  const key = [state.metric, both, found.length, found[0], address({ example: "", page: "1" }), size, scale, color("ink")].join();
  if (key === drawn.key) pen.putImageData(drawn.picture, 0, 0);
  pen.scale(scale, scale);
  if (key === drawn.key) points.forEach((point) => ([point.px, point.py] = place(point, size)));
  else {
    drawAxes(pen, size, both);
    drawPoints(pen, size);
    drawn = { key, picture: pen.getImageData(0, 0, plane.width, plane.height) };
  }
  drawRing(pen, current(found));
  const [x, y] = both.map((system) => SYSTEMS[system]);
  const shownAs = { n: points.length, x, y, metric: explained(state.metric) };
  plane.setAttribute("aria-label", t("scatter.picture", shownAs));
}

/** Return the table of how often both, one or neither of two systems is right; each count filters. */
function counts([a, b], found) {
  const n = { 11: 0, 10: 0, "01": 0, "00": 0 };
  for (const i of found) {
    const key = [value(state.metric, a, i), value(state.metric, b, i)].join("");
    if (key in n) n[key]++;
  }
  const filters = state.metric === MAIN[found.find((i) => data.examples[i].kind === "answer")];
  const cell = (key) => {
    const words = t("pair.cell", { n: n[key], what: t(`pair.${key}`, { a: SYSTEMS[a], b: SYSTEMS[b] }) });
    const only = () => change({ ...EVERYTHING, ...facets(), pair: key, view: "list" });
    const count = filters && n[key]
      ? el("button", { type: "button", onclick: only, "aria-label": words }, String(n[key]))
      : String(n[key]);
    return el("td", { class: `number ${key[0] === key[1] ? "" : "apart"}` }, count);
  };
  const side = (system, right) => [SYSTEMS[system], " ", right ? "✓" : "✗"];
  return el(
    "table",
    { class: "counts" },
    el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, side(b, true)), el("th", { scope: "col" }, side(b, false)))),
    el(
      "tbody",
      {},
      el("tr", {}, el("th", { scope: "row" }, side(a, true)), cell("11"), cell("10")),
      el("tr", {}, el("th", { scope: "row" }, side(a, false)), cell("01"), cell("00")),
    ),
  );
}

/** Return the filters by what an example is, which a count keeps. */
function facets() {
  return Object.fromEntries([...FACETS, "q"].map((name) => [name, state[name]]));
}

function showPair(found) {
  const both = pair();
  const plotted = Boolean(both) && state.view === "pair";
  $("views").hidden = !both;
  for (const name of ["list", "pair"]) $(`view-${name}`).setAttribute("aria-pressed", String(plotted === (name === "pair")));
  $("list-pane").hidden = plotted;
  $("pair-pane").hidden = !plotted;
  if (!both) return;
  $("view-pair").textContent = t("pair.view", { a: SYSTEMS[both[0]], b: SYSTEMS[both[1]] });
  if (!plotted) return;
  const metrics = sharedMetrics(both);
  if (!metrics.includes(state.metric)) state.metric = metrics[0] ?? "";
  options("metric", explained, metrics);
  const judged = state.metric && isJudgement(state.metric, both);
  $("plane").hidden = Boolean(judged) || !state.metric;
  $("counts").replaceChildren(judged ? counts(both, found) : "");
  $("pair-what").textContent = judged ? t("pair.counts") : t("pair.points", { x: SYSTEMS[both[0]], y: SYSTEMS[both[1]] });
  if (!judged && state.metric) drawPlane(both, found);
}

function nearest(event) {
  const box = $("plane").getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  let best = null;
  let least = NEAR ** 2;
  for (const point of points) {
    const distance = (point.px - x) ** 2 + (point.py - y) ** 2;
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
}

function listenToPair() {
  for (const name of ["list", "pair"]) $(`view-${name}`).addEventListener("click", () => change({ view: name }));
  $("metric").addEventListener("change", () => change({ metric: $("metric").value }));
  $("plane").addEventListener("mousemove", (event) => {
    const point = nearest(event);
    const words = point && `${title(data.examples[point.i])}\n${point.x.toFixed(2)} · ${point.y.toFixed(2)}`;
    $("plane").title = words ? showHidden(words) : "";
    $("plane").style.cursor = point ? "pointer" : "default";
  });
  $("plane").addEventListener("click", (event) => {
    const point = nearest(event);
    if (point) open(event, point.i);
  });
}
