// One system's score against another's, a point an example: click it, or step through by buttons.

const PAD = { left: 56, right: 14, top: 14, bottom: 40 };
const NEAR = 14; // pixels from a point that still count as on it
let points = []; // in order of their difference, the largest first
let at = -1;
let shownPoints = ""; // what they are of
let highest = 1; // of both axes
let drawn = { key: "", picture: null }; // all but the ring: many points take long to draw

/** Return a number in ±0.5 that is the same for an example every time. */
function jitter(i, salt) {
  const x = Math.sin(i * 12.9898 + salt) * 43758.5453;
  return x - Math.floor(x) - 0.5;
}

function findPoints() {
  const [across, upright] = [SYSTEMS.indexOf(state.x), SYSTEMS.indexOf(state.y)];
  points = [];
  data.examples.forEach((_, i) => {
    const [x, y] = [value(state.metric, across, i), value(state.metric, upright, i)];
    if (x !== null && y !== null) points.push({ i, x, y });
  });
  points.sort((a, b) => Math.abs(b.y - b.x) - Math.abs(a.y - a.x) || a.i - b.i);
  const levels = new Set(points.flatMap((point) => [point.x, point.y]));
  const loose = levels.size <= 3 ? 0.09 : 0; // only right or wrong: spread the points out
  highest = Math.max(loose ? 1 : 0, ...levels) || 1;
  for (const point of points) {
    point.u = (point.x / highest) * (1 - loose) + loose / 2 + jitter(point.i, 1) * loose;
    point.v = (point.y / highest) * (1 - loose) + loose / 2 + jitter(point.i, 2) * loose;
  }
}

function color(name) {
  const probe = el("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function drawAxes(pen, size) {
  const span = size - PAD.left - PAD.right;
  pen.strokeStyle = color("grid");
  pen.fillStyle = color("muted");
  pen.font = "12px system-ui, sans-serif";
  for (let k = 0; k <= 4; k++) {
    const [x, y] = [PAD.left + (span * k) / 4, size - PAD.bottom - ((size - PAD.top - PAD.bottom) * k) / 4];
    pen.beginPath();
    pen.moveTo(x, PAD.top);
    pen.lineTo(x, size - PAD.bottom);
    pen.moveTo(PAD.left, y);
    pen.lineTo(size - PAD.right, y);
    pen.stroke();
    const tick = ((highest * k) / 4).toFixed(2);
    pen.textAlign = "center";
    pen.fillText(tick, x, size - PAD.bottom + 16);
    pen.textAlign = "right";
    pen.fillText(tick, PAD.left - 6, y + 4);
  }
  pen.textAlign = "center";
  pen.fillStyle = color("ink");
  pen.fillText(state.x, PAD.left + span / 2, size - 6);
  pen.save();
  pen.translate(11, size / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText(state.y, 0, 0);
  pen.restore();
  pen.strokeStyle = color("muted");
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(PAD.left, size - PAD.bottom);
  pen.lineTo(size - PAD.right, PAD.top);
  pen.stroke();
  pen.setLineDash([]);
}

function drawPoints(pen, size) {
  pen.fillStyle = color("accent");
  pen.globalAlpha = points.length > 2000 ? 0.15 : 0.5;
  for (const point of points) {
    point.px = PAD.left + point.u * (size - PAD.left - PAD.right);
    point.py = size - PAD.bottom - point.v * (size - PAD.top - PAD.bottom);
    pen.beginPath();
    pen.arc(point.px, point.py, 4, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function drawRing(pen) {
  const here = points[at] || points.find((point) => data.examples[point.i].id === state.example);
  if (here) {
    pen.strokeStyle = color("ink");
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(here.px, here.py, 8, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function showScatter() {
  options("metric", explained, data.metrics.map((metric) => metric.name));
  options("x", showHidden, SYSTEMS);
  options("y", showHidden, SYSTEMS);
  $("scatter").hidden = SYSTEMS.length < 2;
  if (SYSTEMS.length < 2) return;
  const asked = [state.metric, state.x, state.y].join();
  if (asked !== shownPoints) findPoints();
  shownPoints = asked;
  if (at >= points.length) at = -1;
  const plane = $("plane");
  const size = Math.min(480, plane.parentElement.clientWidth || 320);
  const scale = window.devicePixelRatio || 1;
  plane.width = plane.height = size * scale;
  plane.style.width = plane.style.height = `${size}px`;
  const pen = plane.getContext("2d", { willReadFrequently: true });
  const key = [asked, size, scale, color("ink")].join();
  if (key === drawn.key) pen.putImageData(drawn.picture, 0, 0);
  pen.scale(scale, scale);
  if (key !== drawn.key) {
    drawAxes(pen, size);
    drawPoints(pen, size);
    drawn = { key, picture: pen.getImageData(0, 0, plane.width, plane.height) };
  }
  drawRing(pen);
  const shown = { n: points.length, x: state.x, y: state.y, metric: explained(state.metric) };
  plane.setAttribute("aria-label", t("scatter.picture", shown));
  showPoint();
}

function showPoint() {
  const alike = state.x === state.y;
  const point = alike ? undefined : points[at];
  $("point").textContent = alike ? t("scatter.alike") : "";
  if (point) {
    const [x, y] = [point.x.toFixed(2), point.y.toFixed(2)];
    const id = data.examples[point.i].id;
    $("point").textContent = t("scatter.point", { i: at + 1, n: points.length, id, x, y });
  }
  $("point-before").disabled = alike || at <= 0;
  $("point-after").disabled = alike || at >= points.length - 1;
  $("point-open").disabled = !point;
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

function listenToPlane() {
  $("plane").addEventListener("mousemove", (event) => {
    const point = nearest(event);
    $("plane").title = point ? showHidden(`${data.examples[point.i].id}\n${title(data.examples[point.i])}`) : "";
    $("plane").style.cursor = point ? "pointer" : "default";
  });
  $("plane").addEventListener("click", (event) => {
    const point = nearest(event);
    if (point) open(event, point.i);
  });
  const step = (by) => {
    at += by;
    showScatter();
  };
  $("point-before").addEventListener("click", () => step(-1));
  $("point-after").addEventListener("click", () => step(1));
  $("point-open").addEventListener("click", (event) => open(event, points[at].i));
}
