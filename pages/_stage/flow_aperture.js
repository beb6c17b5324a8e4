// The aperture, made visible: one window's constraints as lines in the plane of (u, v). The
// derivatives of the pair arrive once; windows are summed and solved here while one points.

const PLANE = 121; // pixels of the plane's background
const LIKELY = 0.12; // squared pixels: where a steep window's fit has halved
const NAMES = { flat: "Flat", edge: "Edge", corner: "Corner" };
const SAYS = {
  flat: "no gradient, no line: every motion fits, and the window says nothing.",
  edge: "one direction only: the lines are parallel, so the motion along the edge stays unknown. What is known is the normal flow (◇).",
  corner: "gradients in two directions: the lines meet, and the system can be solved (✕).",
};
const apertures = new WeakMap(); // parentElement -> Aperture

class Aperture {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("aperture");
    this.box.stage = this; // for tests
    this.picture = new Panel(this.find("picture"), "Click a pixel");
    this.plane = new Panel(this.find("plane"), "What its window allows");
    this.plane.pane.style.cursor = "default";
    this.plane.pixels.style.imageRendering = "auto";
    this.shown = "picture";
    pointed(this.picture, (x, y, down) => { if (down) this.pick(x, y); });
    this.picture.pane.tabIndex = 0;
    this.picture.pane.onkeydown = (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by) { event.preventDefault(); this.pick(this.at[0] + by[0], this.at[1] + by[1]); }
    };
    this.resizer = new ResizeObserver(() => { this.picture.resized(); this.plane.resized(); this.draw(); });
    this.resizer.observe(this.box);
  }

  async show(data, tell) {
    this.tell = tell;
    this.report ??= resting(() => this.tell("view", { x: this.at[0], y: this.at[1], window: this.window }));
    const before = this.data, names = ["picture", "Ix", "Iy", "It", ...(data.truth ? ["truth"] : [])];
    this.data = data;
    let loaded;
    try { loaded = await Promise.all(names.map((name) => loadVolume(name === "truth" ? data.truth : data.arrays[name]))); }
    catch (error) { this.picture.note(`could not be loaded (${error.message})`); return; }
    if (this.data !== data || this.gone) return;
    const [H, W] = data.arrays.picture.shape, arrays = loaded.map((a) => Float64Array.from(a));
    this.size = [W, H];
    [this.grey, this.Ix, this.Iy, this.It] = arrays.slice(0, 4).map((a) => image(W, H, a));
    this.truth = arrays[4] ?? null;
    this.reach = Math.max(data.reach, 1.4 * (this.truth ? largestOf(this.truth) : 0));
    if (!before || before.arrays.picture.url !== data.arrays.picture.url) this.at = before ? data.presets[0].point : this.opening(data, W, H);
    this.window = before ? this.window : (data.windows.includes(Number(data.view.window)) ? Number(data.view.window) : data.windows[0]);
    if (!this.equation) this.equation = new Equation(this.find("equation"), data.equation, () => this.draw());
    this.picture.describe(data.alt);
    this.sum();
  }

  opening(data, W, H) {
    const [x, y] = [Number(data.view.x), Number(data.view.y)];
    return x >= 0 && x < W && y >= 0 && y < H && data.view.x >= 0 ? [x, y] : data.presets[0].point;
  }

  pick(x, y) {
    const [W, H] = this.size;
    this.at = [within(Math.round(x), 0, W - 1), within(Math.round(y), 0, H - 1)];
    this.draw();
    this.report();
  }

  // Every window's sums, its solution and its kind; again when the window's size changes.
  sum() {
    const { Ix, Iy, It, window } = this, n = Ix.a.length;
    this.sums = windowsOf(Ix, Iy, It, window);
    this.field = solve(this.sums);
    const lengths = Array.from({ length: n }, (_, i) => eigenvalues(this.sums.Sxx.a[i], this.sums.Sxy.a[i], this.sums.Syy.a[i]));
    this.least = TEXTURED * lengths.reduce((most, [l1]) => Math.max(most, l1), 0);
    this.eigen = lengths;
    this.kinds = lengths.map(([l1, l2]) => (l2 > this.least ? "corner" : l1 > this.least ? "edge" : "flat"));
    this.choose();
    this.draw();
  }

  choose() {
    radios(this.find("presets"), this.data.presets.map(({ label, name }) => [label, name]), this.data.presets.find(({ point }) => point[0] === this.at[0] && point[1] === this.at[1])?.name, (name) => { this.pick(...this.data.presets.find((preset) => preset.name === name).point); });
    radios(this.find("windows"), this.data.windows.map((w) => [`${w} × ${w}`, w]), this.window, (w) => { this.window = w; this.sum(); this.report(); });
    radios(this.find("look"), [["Picture", "picture"], ["Flat, edge or corner", "kinds"]], this.shown, (look) => { this.shown = look; this.choose(); this.draw(); });
  }

  draw() {
    if (!this.sums || !this.box.clientWidth) return;
    this.choose();
    this.drawPicture();
    this.drawPlane();
    const i = this.index, [l1, l2] = this.eigen[i], kind = this.kinds[i], { Sxx, Sxy, Syy, Sxt, Syt } = this.sums;
    this.equation.values({ Sxx: Sxx.a[i], Sxy: Sxy.a[i], Syy: Syy.a[i], Sxt: Sxt.a[i], Syt: Syt.a[i], u: this.field.valid[i] ? this.field.u[i] : NaN, v: this.field.valid[i] ? this.field.v[i] : NaN });
    this.find("verdict").innerHTML = `<b>${NAMES[kind]}</b>: ${SAYS[kind]} Eigenvalues λ₁ = ${short(l1)}, λ₂ = ${short(l2)}; solvable above ${short(this.least)}.`;
  }

  get index() { return this.at[1] * this.size[0] + this.at[0]; }

  drawPicture() {
    const [W, H] = this.size, name = this.equation.active, [x, y] = this.at, base = greyImage(W, H, this.grey.a);
    const array = this.sums[name]?.a ?? (name === "u" || name === "v" ? this.field[name].map((a, i) => (this.field.valid[i] ? a : 0)) : null);
    const layers = [base];
    if (array || this.shown === "kinds") for (let k = 3; k < base.data.length; k += 4) base.data[k] = 110;
    if (array) layers.push(signedImage(W, H, array, largestOf(array)));
    else if (this.shown === "kinds") layers.push(this.kindImage());
    const pen = this.picture.paint(...layers);
    crosshair(pen, x, y, this.picture.unit, this.window / 2);
    crosshair(pen, x, y, this.picture.unit);
    this.picture.title(array ? `${name} of every window` : this.shown === "kinds" ? "■ corner  ■ edge" : "Click a pixel");
    this.picture.note(`(x, y) = (${x}, ${y})`);
  }

  kindImage() {
    const [W, H] = this.size, picture = new ImageData(W, H), tints = { corner: [15, 148, 136, 210], edge: [222, 140, 20, 190], flat: [0, 0, 0, 0] };
    this.kinds.forEach((kind, i) => picture.data.set(tints[kind], 4 * i));
    return picture;
  }

  // The window's pixels as rows (Ix, Iy, It); a window at the border repeats its edge.
  lines() {
    const [W, H] = this.size, half = this.window >> 1, rows = [];
    for (let dy = -half; dy <= half; dy++) for (let dx = -half; dx <= half; dx++) {
      const i = within(this.at[1] + dy, 0, H - 1) * W + within(this.at[0] + dx, 0, W - 1);
      rows.push([this.Ix.a[i], this.Iy.a[i], this.It.a[i], dx === 0 && dy === 0]);
    }
    return rows;
  }

  drawPlane() {
    const i = this.index, reach = this.reach, c = (PLANE - 1) / 2, to = (u, v) => [c + (u / reach) * c, c + (v / reach) * c];
    const { Sxx, Sxy, Syy, Sxt, Syt } = this.sums, [xx, xy, yy, xt, yt] = [Sxx, Sxy, Syy, Sxt, Syt].map((s) => s.a[i]), [l1, l2] = this.eigen[i], kind = this.kinds[i];
    const best = this.bottom(xx, xy, yy, xt, yt, l1, l2), floor = Math.max(l1, this.least), background = new ImageData(PLANE, PLANE);
    for (let y = 0, k = 0; y < PLANE; y++) for (let x = 0; x < PLANE; x++, k += 4) {
      const u = ((x - c) / c) * reach - best[0], v = ((y - c) / c) * reach - best[1], rise = xx * u * u + 2 * xy * u * v + yy * v * v;
      background.data.set([15, 148, 136, 150 / (1 + rise / (LIKELY * floor))], k);
    }
    const pen = this.plane.paint(background), unit = this.plane.unit, ink = getComputedStyle(this.box).color;
    this.axes(pen, to, reach, unit, ink);
    const rows = this.lines(), most = Math.max(...rows.map(([a, b]) => Math.hypot(a, b)));
    for (const own of [false, true]) for (const [a, b, t, centre] of rows) {
      const size = Math.hypot(a, b);
      if (centre !== own || size < 1e-3 * most || size === 0) continue;
      const [nx, ny] = [a / size, b / size], d = -t / size, far = 4 * reach;
      pen.strokeStyle = own ? "#de5746" : "#6769db"; pen.globalAlpha = own ? 1 : 0.15 + (0.6 * size) / most; pen.lineWidth = (own ? 2 : 1.2) * unit;
      pen.beginPath(); pen.moveTo(...to(nx * d - ny * far, ny * d + nx * far)); pen.lineTo(...to(nx * d + ny * far, ny * d - nx * far)); pen.stroke();
    }
    pen.globalAlpha = 1;
    this.ellipse(pen, to, best, xx, xy, yy, l1, l2, unit, kind);
    if (this.truth) this.ring(pen, to(this.truth[2 * i], this.truth[2 * i + 1]), unit, ink);
    if (kind !== "flat") this.spot(pen, to(...best), kind === "corner" ? "✕" : "◇", unit, ink);
    const words = kind === "corner" ? `✕ (${short(best[0])}, ${short(best[1])})` : kind === "edge" ? `◇ normal flow (${short(best[0])}, ${short(best[1])})` : "nothing is known";
    this.plane.note(`${words}${this.truth ? ` · ○ true (${short(this.truth[2 * i])}, ${short(this.truth[2 * i + 1])})` : ""}`);
    this.plane.describe(`The plane of motions: ${words}; ${rows.length} constraint lines`);
  }

  // The bowl's lowest point; of a valley's floor the point nearest to stillness.
  bottom(xx, xy, yy, xt, yt, l1, l2) {
    if (l2 > this.least) { const det = xx * yy - xy * xy; return [(xy * yt - yy * xt) / det, (xy * xt - xx * yt) / det]; }
    if (l1 <= this.least) return [0, 0];
    const angle = Math.atan2(2 * xy, xx - yy) / 2, [nx, ny] = [Math.cos(angle), Math.sin(angle)], d = -(nx * xt + ny * yt) / l1;
    return [nx * d, ny * d];
  }

  // The motions that fit about as well as the best: long where the window is ignorant.
  ellipse(pen, to, [u, v], xx, xy, yy, l1, l2, unit, kind) {
    if (kind === "flat") return;
    const angle = Math.atan2(2 * xy, xx - yy) / 2, reach = this.reach, narrow = 0.35, wide = Math.min(6 * reach, narrow * Math.sqrt(l1 / Math.max(l2, 1e-12)));
    pen.strokeStyle = "#0f9488"; pen.lineWidth = 2 * unit; pen.setLineDash([5 * unit, 4 * unit]); pen.beginPath();
    for (let k = 0; k <= 180; k++) { const a = (k / 90) * Math.PI, p = narrow * Math.cos(a), q = wide * Math.sin(a); pen.lineTo(...to(u + p * Math.cos(angle) - q * Math.sin(angle), v + p * Math.sin(angle) + q * Math.cos(angle))); }
    pen.stroke(); pen.setLineDash([]);
  }

  axes(pen, to, reach, unit, ink) {
    pen.strokeStyle = pen.fillStyle = ink; pen.lineWidth = unit; pen.font = `${11 * unit}px sans-serif`; pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.globalAlpha = 0.45;
    pen.beginPath(); pen.moveTo(...to(-reach, 0)); pen.lineTo(...to(reach, 0)); pen.moveTo(...to(0, -reach)); pen.lineTo(...to(0, reach)); pen.stroke();
    pen.globalAlpha = 0.8;
    const step = reach > 6 ? 4 : reach > 2.5 ? 2 : 1;
    for (let k = -Math.floor(reach / step) * step; k < reach; k += step) if (k) { pen.fillText(String(k).replace("-", "−"), ...shifted(to(k, 0), 0, 9 * unit)); pen.fillText(String(k).replace("-", "−"), ...shifted(to(0, k), -10 * unit, 0)); }
    pen.fillText("u →", ...shifted(to(reach, 0), -14 * unit, -9 * unit)); pen.fillText("v ↓", ...shifted(to(0, reach), 16 * unit, -9 * unit));
    pen.globalAlpha = 1;
  }

  ring(pen, [x, y], unit, ink) { pen.strokeStyle = ink; pen.lineWidth = 2 * unit; pen.beginPath(); pen.arc(x, y, 8 * unit, 0, 7); pen.stroke(); }
  spot(pen, [x, y], mark, unit, ink) {
    pen.font = `bold ${18 * unit}px sans-serif`; pen.textAlign = "center"; pen.textBaseline = "middle"; pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(this.box).getPropertyValue("--st-background-color") || "#fff"; pen.lineWidth = 4 * unit; pen.strokeText(mark, x, y);
    pen.fillStyle = "#de5746"; pen.fillText(mark, x, y);
  }

  close() { this.gone = true; this.report?.stop(); this.resizer.disconnect(); }
}

const shifted = ([x, y], dx, dy) => [x + dx, y + dy];

export default function ({ data: [data], parentElement, setStateValue }) {
  let aperture = apertures.get(parentElement);
  if (!aperture) apertures.set(parentElement, (aperture = new Aperture(parentElement)));
  aperture.show(data, setStateValue);
  return () => { aperture.close(); apertures.delete(parentElement); };
}
