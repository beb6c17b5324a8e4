// What the flow stages share: fields as colours and arrows, arrays as heat, and panels to draw on.

const INDIGO = [103, 105, 219], CORAL = [222, 87, 70]; // the theme's: below and above zero
const calmly = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// ---- colours: vidcore.flow.colour, Baker et al. 2011 -------------------------------------------
const WHEEL = (() => {
  const corners = [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]], steps = [15, 6, 4, 11, 13, 6];
  return corners.flatMap((corner, k) => Array.from({ length: steps[k] }, (_, n) => corner.map((c, i) => c + ((corners[(k + 1) % 6][i] - c) * n) / steps[k])));
})();

function hueOf(u, v, radius, out, k) { // writes RGBA at out[k]
  const place = ((Math.atan2(-v, -u) / Math.PI + 1) / 2) * (WHEEL.length - 1), below = Math.floor(place), share = place - below;
  const a = WHEEL[below], b = WHEEL[(below + 1) % WHEEL.length];
  for (let c = 0; c < 3; c++) {
    const hue = (1 - share) * a[c] + share * b[c];
    out[k + c] = 255 * (radius <= 1 ? 1 - radius * (1 - hue) : 0.75 * hue);
  }
  out[k + 3] = 255;
}

function fieldImage({ W, H, u, v }, largest, shown) {
  const picture = new ImageData(W, H), out = picture.data;
  for (let i = 0, k = 0; i < W * H; i++, k += 4) if (!shown || shown[i]) hueOf(u[i], v[i], Math.hypot(u[i], v[i]) / largest, out, k);
  return picture;
}

// Above zero coral, below indigo, zero clear: what lies under it shows through.
function signedImage(W, H, a, largest, start = 0) {
  const picture = new ImageData(W, H), out = picture.data;
  for (let i = 0, k = 0; i < W * H; i++, k += 4) {
    const value = a[start + i], tint = value < 0 ? INDIGO : CORAL;
    out[k] = tint[0]; out[k + 1] = tint[1]; out[k + 2] = tint[2];
    out[k + 3] = 255 * Math.min(1, Math.abs(value) / (largest || 1));
  }
  return picture;
}

function heatmap(W, H, a, largest, shown) { // needs paint.js
  const picture = new ImageData(W, H), out = picture.data;
  for (let i = 0, k = 0; i < W * H; i++, k += 4) {
    if (shown && !shown[i]) continue;
    const v = 3 * Math.max(0, Math.min(255, Math.round((255 * a[i]) / (largest || 1))));
    out[k] = heatTable[v]; out[k + 1] = heatTable[v + 1]; out[k + 2] = heatTable[v + 2]; out[k + 3] = 255;
  }
  return picture;
}

function greyImage(W, H, a) {
  const picture = new ImageData(W, H), out = picture.data;
  for (let i = 0, k = 0; i < W * H; i++, k += 4) { out[k] = out[k + 1] = out[k + 2] = 255 * a[i]; out[k + 3] = 255; }
  return picture;
}

const largestOf = (a, start = 0, end = a.length) => { let most = 0; for (let i = start; i < end; i++) { const size = Math.abs(a[i]); if (size > most) most = size; } return most; };

// ---- a panel: a picture of W x H pixels, marks over it at the screen's resolution ----------------
class Panel {
  constructor(parent, title, { describe = title } = {}) {
    this.box = document.createElement("figure");
    this.box.className = "panel-cell";
    this.box.innerHTML = `<figcaption><b></b><span class="beside"></span></figcaption><div class="pane"><canvas class="pixels" role="img"></canvas><canvas class="marks" aria-hidden="true"></canvas></div>`;
    this.pane = this.box.querySelector(".pane"); this.pixels = this.box.querySelector(".pixels"); this.over = this.box.querySelector(".marks");
    this.beside = this.box.querySelector(".beside");
    this.title(title); this.describe(describe);
    parent.append(this.box);
  }
  title(text) { this.box.querySelector("b").textContent = text; }
  describe(text) { if (this.alt !== text) this.pixels.setAttribute("aria-label", (this.alt = text)); }
  note(text) { if (this.said !== text) this.beside.textContent = this.said = text; }
  size(W, H) { if (this.W === W && this.H === H) return; this.W = W; this.H = H; this.pixels.width = W; this.pixels.height = H; this.pane.style.aspectRatio = `${W} / ${H}`; }
  // Paint ImageData, one over the other; then clear the marks and return a pen in image pixels.
  paint(...layers) {
    this.size(layers[0].width, layers[0].height);
    const pen = this.pixels.getContext("2d");
    pen.clearRect(0, 0, this.W, this.H);
    layers.forEach((layer, k) => { if (k === 0) pen.putImageData(layer, 0, 0); else pen.drawImage(stencil(layer), 0, 0); });
    return this.mark();
  }
  mark() {
    const width = this.width ??= this.pane.clientWidth, ratio = window.devicePixelRatio || 1, scale = (width * ratio) / this.W;
    const wide = Math.max(1, Math.round(width * ratio)), high = Math.max(1, Math.round(scale * this.H));
    if (this.over.width !== wide || this.over.height !== high) { this.over.width = wide; this.over.height = high; }
    const pen = this.over.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, wide, high);
    pen.setTransform(scale, 0, 0, scale, scale / 2, scale / 2); // pixel centres are integers
    this.unit = ratio / scale; // one CSS pixel, in image pixels
    return pen;
  }
  resized() { this.width = undefined; }
}

const stencils = {};
function stencil(layer) {
  const key = `${layer.width}x${layer.height}`, canvas = (stencils[key] ??= new OffscreenCanvas(layer.width, layer.height));
  canvas.getContext("2d").putImageData(layer, 0, 0);
  return canvas;
}

// One arrow; its head grows with it. `unit` is a CSS pixel in image pixels.
function arrow(pen, x, y, u, v, unit, { ink = "#1f2a44", halo = "#ffffffcc", wide = 1.6 } = {}) {
  const length = Math.hypot(u, v), head = Math.min(7 * unit, length * 0.6);
  if (length < 1.5 * unit) { pen.fillStyle = ink; pen.beginPath(); pen.arc(x, y, 1.1 * unit, 0, 7); pen.fill(); return; }
  const cos = u / length, sin = v / length, tx = x + u, ty = y + v;
  for (const [colour, width] of [[halo, wide + 1.6], [ink, wide]]) {
    pen.strokeStyle = colour; pen.lineWidth = width * unit; pen.lineCap = pen.lineJoin = "round";
    pen.beginPath(); pen.moveTo(x, y); pen.lineTo(tx, ty);
    pen.moveTo(tx - head * (cos + 0.55 * sin), ty - head * (sin - 0.55 * cos)); pen.lineTo(tx, ty); pen.lineTo(tx - head * (cos - 0.55 * sin), ty - head * (sin + 0.55 * cos));
    pen.stroke();
  }
}

function arrows(pen, { W, H, u, v }, largest, unit, shown) {
  const step = Math.max(W, H) / 11, reach = (0.95 * step) / largest;
  for (let y = step / 2; y < H; y += step) for (let x = step / 2; x < W; x += step) {
    const i = Math.floor(y) * W + Math.floor(x);
    if (!shown || shown[i]) arrow(pen, Math.floor(x), Math.floor(y), u[i] * Math.min(reach, (1.6 * step) / Math.hypot(u[i], v[i])), v[i] * Math.min(reach, (1.6 * step) / Math.hypot(u[i], v[i])), unit);
  }
}

function crosshair(pen, x, y, unit, half = 0.5) {
  for (const [colour, width] of [["#000000aa", 3.2], ["#ffffff", 1.4]]) { pen.strokeStyle = colour; pen.lineWidth = width * unit; pen.strokeRect(x - half, y - half, 2 * half, 2 * half); }
}

// ---- input ------------------------------------------------------------------------------------
// Pointer events in image pixels, fractions included; `move(x, y, down, first)`.
function pointed(panel, move, leave = () => {}) {
  const at = (event) => {
    const box = panel.pane.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * panel.W - 0.5, ((event.clientY - box.top) / box.height) * panel.H - 0.5];
  };
  panel.pane.onpointerdown = (event) => { if (!panel.W || event.button) return; panel.pane.setPointerCapture(event.pointerId); move(...at(event), true, true); };
  panel.pane.onpointermove = (event) => { if (panel.W) move(...at(event), event.buttons > 0, false); };
  panel.pane.onpointerleave = () => leave();
}

// Call `tell` when the input has rested.
function resting(tell, milliseconds = 250) {
  let timer;
  const wait = (...values) => { clearTimeout(timer); timer = setTimeout(() => tell(...values), milliseconds); };
  wait.stop = () => clearTimeout(timer);
  return wait;
}

// Rec. 601 luma of one frame of a clip's bytes, in [0, 1].
function greyFrame(clip, bytes, t) {
  const n = clip.W * clip.H, a = new Float64Array(n);
  for (let i = 0, j = t * n * 3; i < n; i++, j += 3) a[i] = (0.299 * bytes[j] + 0.587 * bytes[j + 1] + 0.114 * bytes[j + 2]) / 255;
  return a;
}
