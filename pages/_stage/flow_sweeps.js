// Horn-Schunck as it converges: the kept sweeps, played; the boundary, cut open along one row; and
// the update's equation, whose arrays are worked out here from the fields that were sent once.

const CLIP_TALL = 140; // CSS pixels of the profile
const sweepers = new WeakMap(); // parentElement -> Sweeps

class Sweeps {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("sweeps");
    this.box.stage = this; // for tests
    const panels = this.find("panels");
    this.picture = new Panel(panels, "Frame"); this.field = new Panel(panels, "Found"); this.true = new Panel(panels, "True motion"); this.error = new Panel(panels, "Error");
    this.every = [this.picture, this.field, this.true, this.error];
    this.profile = this.find("profile");
    for (const panel of this.every) { pointed(panel, (x, y, down) => { if (down) this.point(x, y); }); panel.pane.style.touchAction = "none"; }
    this.picture.pane.tabIndex = 0;
    this.picture.pane.onkeydown = (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by) { event.preventDefault(); this.point(this.at[0] + by[0], this.at[1] + by[1]); }
    };
    this.scrub = this.find("scrub");
    this.scrub.oninput = () => { this.play(false); this.k = Number(this.scrub.value); this.draw(); };
    this.find("play").onclick = () => { if (!this.playing && this.k >= this.last) this.k = 0; this.play(!this.playing); };
    this.resizer = new ResizeObserver(() => { this.every.forEach((panel) => panel.resized()); this.draw(); });
    this.resizer.observe(this.box);
    this.watcher = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  async show(data) {
    const fresh = !this.data;
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.fields, data.prev, data.next, ...(data.truth ? [data.truth] : [])].map(loadVolume)); }
    catch (error) { this.field.note(`could not be loaded (${error.message})`); return; }
    if (this.data !== data || this.gone) return;
    const [K, H, W] = data.fields.shape, [fields, prev, next, truth] = loaded;
    this.size = [W, H]; this.last = K - 1;
    this.steps = Array.from({ length: K }, (_, k) => unzip(fields, W, H, k));
    this.truth = truth ? unzip(truth, W, H, 0) : null;
    const [I1, I2] = [prev, next].map((a) => image(W, H, Float64Array.from(a))), [Ix, Iy] = sobel(mapped(I1, I2, (a, b) => (a + b) / 2));
    this.known = { Ix: Ix.a, Iy: Iy.a, It: mapped(I2, I1, (b, a) => b - a).a };
    this.grey = I1.a;
    const lengths = this.truth ?? this.steps[this.last];
    this.largest = Math.max(0.25, largestLength(lengths, this.truth ? 1 : 0.98));
    this.at = fresh || this.at[0] >= W || this.at[1] >= H ? data.point : this.at;
    this.k = fresh && !calmly() ? 0 : this.last;
    this.scrub.max = this.last;
    if (!this.equation) this.equation = new Equation(this.find("equation"), data.equation, () => this.draw());
    else this.equation.show(data.equation);
    this.draw();
    if (!calmly()) { this.k = 0; this.play(true); }
  }

  play(on) {
    this.playing = on;
    this.find("play").textContent = on ? "Pause" : "Play";
    if (on) { this.next = 0; requestAnimationFrame((now) => this.tick(now)); }
  }
  tick(now) {
    if (!this.playing || this.gone) return;
    if (this.visible && now > this.next) {
      this.next = now + 320;
      this.draw();
      if (this.k >= this.last) { this.play(false); return; }
      this.k++;
    }
    requestAnimationFrame((later) => this.tick(later));
  }

  point(x, y) {
    const [W, H] = this.size;
    this.at = [within(Math.round(x), 0, W - 1), within(Math.round(y), 0, H - 1)];
    this.draw();
  }

  draw() {
    if (!this.steps || !this.box.clientWidth) return;
    const [W, H] = this.size, field = { W, H, ...this.steps[this.k] }, sweep = this.data.sweeps[this.k], array = this.arrays(field);
    const name = this.equation.active, base = greyImage(W, H, this.grey), shown = array[name];
    if (shown) for (let k = 3; k < base.data.length; k += 4) base.data[k] = 90;
    const pens = [this.picture.paint(base, ...(shown ? [signedImage(W, H, shown, largestOf(shown))] : []))];
    this.picture.title(shown ? `${name}, up to ${short(largestOf(shown))} in size` : "Frame: click a row");
    this.picture.note(`(x, y) = (${this.at.join(", ")})`);
    pens.push(this.field.paint(fieldImage(field, this.largest)));
    arrows(pens[1], field, this.largest, this.field.unit);
    this.field.title(`After ${sweep} sweep${sweep > 1 ? "s" : ""}`); this.field.note(`α = ${this.data.alpha}`);
    this.true.box.hidden = this.error.box.hidden = !this.truth;
    const seen = [this.picture, this.field];
    if (this.truth) {
      const truth = { W, H, ...this.truth }, error = truth.u.map((u, i) => Math.hypot(u - field.u[i], truth.v[i] - field.v[i]));
      pens.push(this.true.paint(fieldImage(truth, this.largest)), this.error.paint(heatmap(W, H, error, this.largest)));
      arrows(pens[2], truth, this.largest, this.true.unit);
      this.error.note(`mean ${(error.reduce((a, b) => a + b, 0) / error.length).toFixed(3)} px`); this.true.note(`up to ${this.largest.toFixed(1)} px`);
      seen.push(this.true, this.error);
    }
    pens.forEach((pen, k) => { this.rule(pen, seen[k].unit, W); crosshair(pen, ...this.at, seen[k].unit); });
    const i = this.at[1] * W + this.at[0];
    this.equation.values({ ...Object.fromEntries(Object.entries(array).map(([symbol, a]) => [symbol, a[i]])), alpha: this.data.alpha });
    this.scrub.value = this.k; this.scrub.setAttribute("aria-valuetext", `after ${sweep} sweeps`);
    this.find("count").textContent = `${sweep} of ${this.data.sweeps[this.last]} sweeps`;
    this.cut(field);
  }

  arrays({ W, H, u, v }) {
    const ubar = new Float64Array(W * H), vbar = new Float64Array(W * H);
    neighbourMean(u, W, H, ubar); neighbourMean(v, W, H, vbar);
    return { ...this.known, ubar, vbar, u, v };
  }

  rule(pen, unit, W) {
    for (const [colour, dash] of [["#000000", []], ["#ffffff", [5 * unit, 4 * unit]]]) { pen.strokeStyle = colour; pen.setLineDash(dash); pen.lineWidth = 1.2 * unit; pen.beginPath(); pen.moveTo(-0.5, this.at[1]); pen.lineTo(W - 0.5, this.at[1]); pen.stroke(); }
    pen.setLineDash([]);
  }

  // u along the row: the truth is a step, the answer a slope.
  cut({ W, u }) {
    const width = this.profile.clientWidth, pen = sized(this.profile, width, CLIP_TALL), row = this.at[1] * W, ink = getComputedStyle(this.box).color;
    const rows = [u, ...(this.truth ? [this.truth.u] : [])].map((a) => a.subarray(row, row + W)), most = Math.max(0.2, ...rows.map((a) => largestOf(a))) * 1.15;
    const x = (k) => 34 + (k / (W - 1)) * (width - 40), y = (value) => CLIP_TALL / 2 - (value / most) * (CLIP_TALL / 2 - 10);
    pen.strokeStyle = pen.fillStyle = ink; pen.globalAlpha = 0.35; pen.beginPath(); pen.moveTo(34, y(0)); pen.lineTo(width, y(0)); pen.moveTo(x(this.at[0]), 0); pen.lineTo(x(this.at[0]), CLIP_TALL); pen.stroke();
    pen.globalAlpha = 0.8; pen.font = "11px sans-serif"; pen.textBaseline = "middle";
    for (const value of [-0.8 * most, 0, 0.8 * most]) pen.fillText(short(value), 0, y(value));
    const line = (a, colour, wide, dash = []) => { pen.strokeStyle = colour; pen.lineWidth = wide; pen.setLineDash(dash); pen.beginPath(); a.forEach((value, k) => pen.lineTo(x(k), y(value))); pen.stroke(); pen.setLineDash([]); };
    pen.globalAlpha = 0.22;
    for (let k = 0; k < this.k; k++) line(this.steps[k].u.subarray(row, row + W), "#6769db", 1);
    pen.globalAlpha = 1;
    if (this.truth) line(rows[1], "#7b8494", 2, [6, 4]);
    line(rows[0], "#6769db", 2.5);
    this.profile.setAttribute("aria-label", `u along row ${this.at[1]}: here ${short(u[row + this.at[0]])}${this.truth ? `, true ${short(this.truth.u[row + this.at[0]])}` : ""} pixels`);
    this.find("cut-says").textContent = `u along row ${this.at[1]}, in pixels${this.truth ? ": found (solid), true (dashed), earlier sweeps (thin)" : ": found (solid), earlier sweeps (thin)"}`;
  }

  close() { this.gone = true; this.playing = false; this.resizer.disconnect(); this.watcher.disconnect(); }
}

// (K, H, W, 2) to the k-th field's two planes.
function unzip(values, W, H, k) {
  const n = W * H, u = new Float64Array(n), v = new Float64Array(n);
  for (let i = 0, j = 2 * n * k; i < n; i++) { u[i] = values[j++]; v[i] = values[j++]; }
  return { u, v };
}

function largestLength({ u, v }, share) {
  const lengths = u.map((a, i) => Math.hypot(a, v[i])).sort();
  return lengths[Math.floor(share * (lengths.length - 1))];
}

export default function ({ data: [data], parentElement }) {
  let sweeps = sweepers.get(parentElement);
  if (!sweeps) sweepers.set(parentElement, (sweeps = new Sweeps(parentElement)));
  sweeps.show(data);
  return () => { sweeps.close(); sweepers.delete(parentElement); };
}
