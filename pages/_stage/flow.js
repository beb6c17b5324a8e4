// The visualizer: drag a velocity, and every method solves the pair of frames it makes, here in the
// browser, while it moves. One step is solved at once; the methods that iterate run beside, in a
// worker that loads this same file, so that the hand is never held up: the newest pair is next.
// The server sends textures once and hears of the view when it has rested.

const FASTEST = 10; // pixels per frame: as far as the arrow goes
const CROWD = 6000; // pixels of a clip's frame that are solved; larger frames are made smaller
const KEY_SIDE = 65; // pixels of the picture of all motions
const BEAT = 80; // milliseconds between two pictures of the demonstration
const METHODS = [ // solve(frame 1, frame 2, settings)
  { name: "step", title: "Lucas–Kanade, one step", mark: "□", solve: (a, b, s) => lucasKanade(a, b, { window: s.window }) },
  { name: "iterated", title: "… iterated", mark: "△", solve: (a, b, s) => pyramidalLucasKanade(a, b, { window: s.window, iterations: 5, levels: 1 }) },
  { name: "pyramid", title: "… coarse to fine", mark: "◇", solve: (a, b, s) => pyramidalLucasKanade(a, b, { window: s.window }) },
  { name: "smooth", title: "Horn–Schunck", mark: "✕", dense: true, solve: (a, b, s) => hornSchunck(a, b, { alpha: s.alpha }) },
];
const OBJECTS = [["Textured disc", "disc"], ["Plain disc", "plain"], ["Square", "square"], ["Your frame, moved", "frame"], ["Your clip", "clip"]];
const visualizers = new WeakMap(); // parentElement -> Visualizer
const signed = (value, digits = 1) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

class Visualizer {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("flow");
    this.box.stage = this; // for tests: `pair`, `solved`, `busy` and `spent` can be read
    this.state = { u: 3, v: -1, object: "disc", show: "flow", window: 9, alpha: 0.1, t: 0 };
    this.spent = []; // milliseconds from a change to its picture, of the last changes
    this.solved = {}; // by method: its field, and the pair and truth it belongs to
    this.at = [38, 28];
    this.of = "step"; // whose u and v the equation takes
    this.build();
    this.bind();
  }

  build() {
    const grid = this.find("panels");
    this.first = new Panel(grid, "Frame 1", { describe: "Frame 1, with the arrow of its motion" });
    this.second = new Panel(grid, "Frame 2");
    this.true = new Panel(grid, "True motion");
    this.key = new Panel(grid, "Found on the object", { describe: "The colour of every motion, and where each method's answer lies among them" });
    this.panels = Object.fromEntries(METHODS.map(({ name, title, mark }) => [name, new Panel(grid, `${mark} ${title}`)]));
    this.every = [this.first, this.second, this.true, ...Object.values(this.panels)];
    this.handle = Object.assign(document.createElement("button"), { type: "button", className: "handle" });
    this.first.pane.append(this.handle);
    for (const panel of [this.first, this.key]) panel.pane.style.touchAction = "none";
    this.key.pixels.style.imageRendering = "auto";
  }

  bind() {
    pointed(this.first, (x, y, down) => { if (down && !this.fixed) this.aim(x - this.origin[0], y - this.origin[1]); else this.point(x, y, "step"); });
    pointed(this.key, (x, y, down) => { const c = (this.key.W - 1) / 2; if (down && !this.fixed) this.aim(((x - c) / c) * FASTEST, ((y - c) / c) * FASTEST); });
    for (const panel of [this.second, this.true]) pointed(panel, (x, y) => this.point(x, y, "step"));
    for (const { name } of METHODS) pointed(this.panels[name], (x, y) => this.point(x, y, name));
    this.handle.onkeydown = (event) => {
      const by = { ArrowRight: [0.5, 0], ArrowLeft: [-0.5, 0], ArrowDown: [0, 0.5], ArrowUp: [0, -0.5] }[event.key];
      if (by) { event.preventDefault(); this.aim(this.state.u + by[0], this.state.v + by[1]); }
    };
    this.find("play").onclick = () => this.play(!this.playing);
    this.find("scrub").oninput = (event) => { this.play(false); this.set({ t: Number(event.target.value) }); };
    this.resizer = new ResizeObserver(() => { [...this.every, this.key].forEach((panel) => panel.resized()); this.draw(); });
    this.resizer.observe(this.find("panels"));
    this.watcher = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  // ---- data in and out ------------------------------------------------------------------------
  async show(data, tell) {
    this.report ??= resting(() => { const { u, v, object, show, window, alpha, t } = this.state; this.told = { u: u.toFixed(1), v: v.toFixed(1), object, show, window, alpha: String(alpha), t }; this.tell("view", this.told); });
    this.tell = tell;
    const fresh = !this.data;
    this.data = data;
    if (fresh) this.open(data.view);
    if (!this.equation) this.equation = new Equation(this.find("equation"), data.equation, () => this.draw());
    this.painter ??= new Painter(data);
    const bytes = await loadVolume(data.clip).catch(() => null);
    if (this.data !== data || this.gone) return;
    if (bytes && this.clip?.url !== data.clip.url) this.clip = { ...data.clip, bytes };
    this.choose();
    this.solve();
    if (fresh && data.moving && !calmly()) this.play(true);
  }

  open(view) {
    const known = (value, options, usual) => (options.some(([, option]) => option === value) ? value : usual);
    const near = (text, usual) => (Number.isFinite(parseFloat(text)) ? within(parseFloat(text), -FASTEST, FASTEST) : usual);
    this.state = {
      u: near(view.u, 3), v: near(view.v, -1), object: known(view.object, OBJECTS, "disc"), show: view.show === "error" ? "error" : "flow",
      window: known(Number(view.window), this.data.windows.map((w) => [w, w]), 9), alpha: known(Number(view.alpha), this.data.alphas.map((a) => [a, a]), 0.1), t: Number(view.t) || 0,
    };
  }

  choose() {
    const { object, show, window, alpha, t } = this.state, still = this.fixed;
    radios(this.find("object"), this.clip ? OBJECTS : OBJECTS.slice(0, 3), object, (value) => this.set({ object: value }));
    radios(this.find("shown"), still ? [["Motion", "flow"]] : [["Motion", "flow"], ["Error", "error"]], still ? "flow" : show, (value) => this.set({ show: value }));
    radios(this.find("window"), this.data.windows.map((w) => [`${w} × ${w}`, w]), window, (value) => this.set({ window: value }));
    radios(this.find("alpha"), this.data.alphas.map((a) => [`α = ${a}`, a]), alpha, (value) => this.set({ alpha: value }));
    const last = (this.clip?.T ?? 2) - 2, own = object === "clip" || object === "frame";
    this.find("moment").hidden = !own || last < 1;
    this.find("scrub").max = last; this.find("scrub").value = this.state.t = within(t, 0, Math.max(0, last));
    this.find("count").textContent = `frames ${this.state.t} and ${object === "clip" ? this.state.t + 1 : "a copy"}`;
    this.find("play").hidden = still && last < 1;
    this.handle.hidden = still;
  }

  set(change) { Object.assign(this.state, change); this.choose(); this.solve(); if (!this.playing) this.report(); }
  get fixed() { return this.state.object === "clip"; } // a recorded pair has a motion nobody chooses

  // Aim the arrow; whoever aims by hand ends the demonstration.
  aim(u, v, byHand = true) {
    const most = Math.hypot(u, v), scale = most > FASTEST ? FASTEST / most : 1;
    if (byHand && this.playing) this.play(false);
    Object.assign(this.state, { u: Math.round(10 * u * scale) / 10, v: Math.round(10 * v * scale) / 10 });
    if (byHand) this.report();
    this.soon(true);
  }

  // Once per picture of the screen, however many changes came: solve if the pair changed, and draw.
  soon(changed) {
    this.changed ||= changed;
    this.due ??= requestAnimationFrame(() => { this.due = null; if (this.changed) this.solve(); else this.draw(); });
  }

  point(x, y, of) {
    const { W, H } = this.pair?.[0] ?? { W: SIDE, H: SIDE };
    this.at = [within(Math.round(x), 0, W - 1), within(Math.round(y), 0, H - 1)];
    this.of = of;
    this.soon(false);
  }

  // ---- the demonstration: the arrow swings by itself, or the clip plays ---------------------------
  play(on) {
    this.playing = on;
    this.find("play").textContent = on ? "Pause" : "Play";
    if (on) { this.since = performance.now(); this.next = 0; requestAnimationFrame((now) => this.tick(now)); } else this.report();
  }

  tick(now) {
    if (!this.playing || this.gone) return;
    if (this.visible && now > this.next) {
      this.next = now + Math.max(BEAT, this.fixed ? 1000 / this.clip.fps : 0);
      const seconds = (now - this.since) / 1000, speed = 4.5 - 4.5 * Math.cos((2 * Math.PI * (seconds + 2)) / 9), heading = -0.35 + 0.8 * Math.sin((2 * Math.PI * seconds) / 23);
      if (this.fixed) this.set({ t: (this.state.t + 1) % (this.clip.T - 1) });
      else this.aim(speed * Math.cos(heading), speed * Math.sin(heading), false);
    }
    requestAnimationFrame((later) => this.tick(later));
  }

  // ---- solving --------------------------------------------------------------------------------
  solve() {
    if (!this.data) return;
    const start = performance.now();
    this.changed = false;
    [this.frames, this.truth] = this.make();
    this.pair = this.frames.map(brightness);
    const { window, alpha, u, v } = this.state, job = { pair: this.pair, truth: this.truth, speed: Math.max(1, Math.hypot(u, v)), settings: { window, alpha } };
    this.solved.step = { ...job, field: METHODS[0].solve(...job.pair, job.settings) };
    this.derivatives = null;
    this.draw();
    this.spent.push(performance.now() - start);
    if (this.spent.length > 200) this.spent.shift();
    this.ask(job);
  }

  ask(job) {
    if (this.busy) { this.waiting = job; return; }
    this.worker ??= worker();
    this.busy = job;
    this.worker.onmessage = ({ data }) => this.answer(job, data);
    this.worker.postMessage({ pair: job.pair, settings: job.settings });
  }

  answer(job, fields) {
    if (this.gone) return;
    for (const [name, field] of Object.entries(fields)) this.solved[name] = { ...job, field };
    this.busy = null;
    this.soon(false);
    const next = this.waiting;
    this.waiting = null;
    if (next) this.ask(next);
  }

  // Both frames, and the true motion with the pixels where it can be followed; null where unknown.
  make() {
    const { u, v, object, t } = this.state;
    if (object === "clip" || object === "frame") return this.clip ? this.own(object, t, u, v) : this.drawn("disc", u, v);
    return this.drawn(object, u, v);
  }

  drawn(object, u, v) {
    this.origin = [PLACE, PLACE];
    const frames = [this.painter.frame(object, PLACE, PLACE), this.painter.frame(object, PLACE + u, PLACE + v)], n = SIDE * SIDE;
    const truth = { W: SIDE, H: SIDE, u: new Float64Array(n), v: new Float64Array(n), known: new Uint8Array(n), moving: new Uint8Array(n) };
    for (let y = 0, i = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++, i++) {
      if (frames[0].covered[i] > 0.5) {
        truth.u[i] = u; truth.v[i] = v;
        truth.known[i] = truth.moving[i] = x + u >= 0 && x + u <= SIDE - 1 && y + v >= 0 && y + v <= SIDE - 1 ? 1 : 0;
      } else truth.known[i] = frames[1].covered[i] > 0.5 ? 0 : 1;
    }
    return [frames, truth];
  }

  own(object, t, u, v) {
    const { W, H } = this.clip, most = object === "frame" ? SIDE * SIDE * 1.5 : CROWD, room = object === "frame" ? 2 * FASTEST : 0;
    let factor = 1;
    while ((W / factor) * (H / factor) > most) factor++;
    const w = Math.max(16, Math.min(Math.floor(W / factor), Math.floor(W / factor) - (W / factor > 3 * room ? room : 0))), h = Math.max(16, Math.min(Math.floor(H / factor), Math.floor(H / factor) - (H / factor > 3 * room ? room : 0)));
    const left = Math.floor((W - w * factor) / 2), top = Math.floor((H - h * factor) / 2), first = shrink(this.clip, t, factor, left, top, w, h);
    this.origin = [(w - 1) / 2, (h - 1) / 2];
    if (object === "clip") return [[first, shrink(this.clip, Math.min(t + 1, this.clip.T - 1), factor, left, top, w, h)], null];
    const dx = Math.round(u * factor), dy = Math.round(v * factor), n = w * h; // whole pixels of the clip: nothing is interpolated
    const truth = { W: w, H: h, u: new Float64Array(n).fill(dx / factor), v: new Float64Array(n).fill(dy / factor), known: new Uint8Array(n), moving: new Uint8Array(n) };
    for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) truth.known[i] = truth.moving[i] = x + truth.u[i] >= 0 && x + truth.u[i] <= w - 1 && y + truth.v[i] >= 0 && y + truth.v[i] <= h - 1 ? 1 : 0;
    return [[first, shrink(this.clip, t, factor, left - dx, top - dy, w, h)], truth];
  }

  // ---- drawing --------------------------------------------------------------------------------
  draw() {
    if (!this.pair || !(this.first.width ??= this.first.pane.clientWidth)) return; // hidden: nothing to draw on
    const { u, v, object } = this.state, [x0, y0] = this.origin, truth = this.truth;
    const speed = truth ? Math.max(1, Math.hypot(u, v)) : Math.max(0.5, ...Object.values(this.solved).map(({ field: found }) => typical(found)));
    const { W, H } = this.pair[0];
    this.at = [Math.min(this.at[0], W - 1), Math.min(this.at[1], H - 1)];
    this.array = this.looked();
    const pens = [this.paintFirst(), this.second.paint(colourImage(this.frames[1]))];
    this.first.title(this.array ? this.equation.active : this.fixed ? "Frame 1" : "Frame 1: drag the arrow");
    this.first.note(this.fixed ? `${W} × ${H} pixels` : `(${signed(u)}, ${signed(v)})`);
    if (!this.fixed) {
      arrow(pens[0], x0, y0, u, v, this.first.unit, { ink: "#ffffff", halo: "#000000", wide: 2.6 });
      this.handle.style.left = `${((x0 + u + 0.5) / W) * 100}%`; this.handle.style.top = `${((y0 + v + 0.5) / H) * 100}%`;
      this.handle.setAttribute("aria-label", `Velocity: ${signed(u)} pixels right, ${signed(v)} pixels down. The arrow keys change it.`);
    }
    pens.push(this.paintTruth(speed));
    for (const method of METHODS) if (this.solved[method.name]) this.paintMethod(method, truth ? this.solved[method.name].speed : speed);
    pens.forEach((pen, k) => crosshair(pen, ...this.at, this.every[k].unit));
    this.paintKey(speed);
    this.read();
    this.box.dataset.object = object;
  }

  paintFirst() {
    const picture = colourImage(this.frames[0]);
    if (!this.array) return this.first.paint(picture);
    for (let k = 3; k < picture.data.length; k += 4) picture.data[k] = 70;
    return this.first.paint(picture, signedImage(this.pair[0].W, this.pair[0].H, this.array, largestOf(this.array)));
  }

  // The true motion; of a recorded pair nobody knows it, and what changed is shown instead.
  paintTruth(speed) {
    const { u, v } = this.state, { W, H } = this.pair[0];
    this.true.title(this.truth ? "True motion" : "What changed");
    if (!this.truth) { const { It } = this.arrays; this.true.note("frame 2 − frame 1"); return this.true.paint(signedImage(W, H, It, largestOf(It))); }
    const pen = this.true.paint(fieldImage(this.truth, speed));
    this.true.note(`${Math.hypot(u, v).toFixed(1)} px/frame`);
    arrows(pen, this.truth, speed, this.true.unit);
    return pen;
  }

  paintMethod({ name, title, dense }, speed) {
    const answer = this.solved[name], { field, truth, pair } = answer, panel = this.panels[name], shown = dense ? null : field.valid, { W, H } = field;
    const says = [answer, this.state.show, speed, panel.width, ...this.at];
    if (panel.width && panel.says?.every((part, k) => part === says[k])) return; // an answer is painted once
    let pen;
    if (truth && this.state.show === "error") {
      const error = new Float64Array(W * H);
      for (let i = 0; i < error.length; i++) error[i] = Math.hypot(field.u[i] - truth.u[i], field.v[i] - truth.v[i]);
      pen = panel.paint(heatmap(W, H, error, speed, dense ? truth.known : truth.known.map((known, i) => known && field.valid[i])));
    } else {
      pen = panel.paint(fieldImage(field, speed, shown));
      arrows(pen, field, speed, panel.unit, shown);
    }
    const off = truth ? `off by ${endpointError(field, truth, truth.moving).toFixed(2)} px` : `leaves ${(100 * remaining(...pair, field)).toFixed(1)} %`;
    panel.note(off); panel.describe(`${title}: ${off}`);
    crosshair(pen, ...this.at, panel.unit);
    panel.says = says; says[3] = panel.width;
  }

  // The plane of motions: their colours, the truth as a ring, and each method's median on the object.
  paintKey(speed) {
    const c = (KEY_SIDE - 1) / 2;
    if (this.key.W !== KEY_SIDE) this.key.paint(motionColours());
    const reach = this.truth ? FASTEST : Math.max(1, Math.ceil(1.3 * speed)), pen = this.key.mark(), unit = this.key.unit;
    this.key.title(this.truth ? "Found on the object" : "Found, in the middle");
    const spot = (u, v) => [c + (within(u, -reach, reach) / reach) * c, c + (within(v, -reach, reach) / reach) * c];
    pen.strokeStyle = "#1f2a4466"; pen.lineWidth = unit;
    for (const r of [0.5, 1]) { pen.beginPath(); pen.arc(c, c, r * c, 0, 7); pen.stroke(); }
    if (this.truth) { const [x, y] = spot(this.state.u, this.state.v); pen.strokeStyle = "#1f2a44"; pen.lineWidth = 2 * unit; pen.beginPath(); pen.arc(x, y, 9 * unit, 0, 7); pen.stroke(); }
    pen.font = `bold ${15 * unit}px sans-serif`; pen.textAlign = "center"; pen.textBaseline = "middle"; pen.fillStyle = "#1f2a44"; pen.strokeStyle = "#ffffff"; pen.lineWidth = 3 * unit; pen.lineJoin = "round";
    this.found = {};
    for (const { name, mark } of METHODS.filter((method) => this.solved[method.name])) {
      const answer = this.solved[name], [u, v] = (this.found[name] = answer.middle ??= middle(answer.field, answer.truth?.moving ?? answer.field.valid)), [x, y] = spot(u, v);
      pen.strokeText(mark, x, y); pen.fillText(mark, x, y);
    }
    this.key.note(`${this.truth ? "○ true · " : ""}rim: ${reach} px`);
    this.key.describe(`Found on the object: ${METHODS.filter(({ name }) => this.found[name]).map(({ name, title }) => `${title} ${this.found[name].map((part) => signed(part)).join(", ")}`).join("; ")}`);
  }

  // The array of the symbol that is looked at, and the numbers under the equation.
  looked() {
    if (!this.derivatives) { const [Ix, Iy] = sobel(this.pair[0]); this.derivatives = { Ix: Ix.a, Iy: Iy.a, It: mapped(this.pair[1], this.pair[0], (b, a) => b - a).a }; }
    const { u, v } = (this.solved[this.of] ?? this.solved.step).field, { Ix, Iy, It } = this.derivatives;
    this.arrays = { Ix, Iy, It, u, v };
    if (this.equation.active !== "rest") return this.arrays[this.equation.active] ?? null;
    return Ix.map((ix, i) => ix * u[i] + Iy[i] * v[i] + It[i]);
  }

  read() {
    const [x, y] = this.at, i = y * this.pair[0].W + x, value = Object.fromEntries(Object.entries(this.arrays).map(([name, a]) => [name, a[i]]));
    this.equation.values({ ...value, rest: value.Ix * value.u + value.Iy * value.v + value.It });
    const own = METHODS.filter(({ name }) => this.solved[name]).map(({ name, mark }) => `${mark} ${signed(this.solved[name].field.u[i] ?? 0)}, ${signed(this.solved[name].field.v[i] ?? 0)}`).join(" · ");
    this.find("readout").textContent = `(x, y) = (${x}, ${y})${this.truth ? ` · true ${signed(this.truth.u[i])}, ${signed(this.truth.v[i])}` : ""} · ${own}`;
  }

  close() { this.gone = true; this.playing = false; this.worker?.terminate(); this.report?.stop(); this.resizer.disconnect(); this.watcher.disconnect(); }
}

// The methods that iterate, by name; without a worker they run here.
const solveRest = ({ pair, settings }) => Object.fromEntries(METHODS.slice(1).map(({ name, solve: method }) => [name, method(...pair, settings)]));
function worker() {
  try { return new Worker(import.meta.url, { type: "module" }); }
  catch { return { postMessage(job) { this.onmessage({ data: solveRest(job) }); }, terminate() {} }; }
}
if (typeof document === "undefined") globalThis.onmessage = ({ data }) => postMessage(solveRest(data));

// The colour of every motion up to the fastest, within a disc.
function motionColours() {
  const n = KEY_SIDE, c = (n - 1) / 2, field = { W: n, H: n, u: new Float64Array(n * n), v: new Float64Array(n * n) }, disc = new Uint8Array(n * n);
  for (let y = 0, i = 0; y < n; y++) for (let x = 0; x < n; x++, i++) { field.u[i] = x - c; field.v[i] = y - c; disc[i] = Math.hypot(x - c, y - c) <= c + 0.5 ? 1 : 0; }
  return fieldImage(field, c, disc);
}

// The median of each component over the pixels counted.
function middle({ u, v }, counted) {
  const half = (a) => { const sorted = Float64Array.from(a.filter((_, i) => counted[i])).sort(); return sorted.length ? sorted[sorted.length >> 1] : 0; };
  return [half(u), half(v)];
}

// A length that most of a field stays below.
function typical({ u, v }) {
  const lengths = u.map((a, i) => Math.hypot(a, v[i])).sort();
  return lengths[Math.floor(0.95 * (lengths.length - 1))];
}

// Root mean square of what differs after the second frame is warped back, in grey levels.
function remaining(I1, I2, { W, H, u, v }) {
  let sum = 0;
  for (let y = 0, i = 0; y < H; y++) for (let x = 0; x < W; x++, i++) sum += (bilinear(I2.a, W, H, x + u[i], y + v[i]) - I1.a[i]) ** 2;
  return Math.sqrt(sum / (W * H));
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let visualizer = visualizers.get(parentElement);
  if (!visualizer) visualizers.set(parentElement, (visualizer = new Visualizer(parentElement)));
  visualizer.show(data, setStateValue);
  return () => { visualizer.close(); visualizers.delete(parentElement); };
}
