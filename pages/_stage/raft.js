// RAFT's correlations: click a pixel of the first frame; its likeness with every cell of the second
// is worked out here, at each level, from features that were sent once. Beside it, what is looked
// up around where the flow points after each correction.

const matchers = new WeakMap(); // parentElement -> Matcher
const PATH = "#ffffff", TRUE = "#3ddc97";

class Matcher {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("raft");
    this.box.stage = this; // for tests
    this.first = new Panel(this.find("pair"), "Frame 1: click a pixel");
    this.second = new Panel(this.find("pair"), "Frame 2");
    this.levels = []; this.level = 0; this.at = null;
    pointed(this.first, (x, y, down) => { if (down) this.point(x, y); });
    this.first.pane.style.touchAction = "none";
    this.first.pane.tabIndex = 0;
    this.first.pane.setAttribute("role", "application");
    this.first.pane.setAttribute("aria-label", "Pixel of the first frame: arrow keys move it by a cell");
    this.first.pane.onkeydown = (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by && this.at) { event.preventDefault(); this.point(this.at[0] + CELL * by[0], this.at[1] + CELL * by[1]); }
    };
    this.player = new Player(this.find, () => this.draw());
    this.resizer = new ResizeObserver(() => { this.panels().forEach((panel) => panel.resized()); this.draw(); });
    this.resizer.observe(this.box);
    this.watcher = new IntersectionObserver(([entry]) => { this.player.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  panels() { return [this.first, this.second, ...this.levels]; }

  async show(data, tell) {
    this.report ??= resting((...values) => tell("view", ...values));
    const fresh = this.data?.features1.url !== data.features1.url;
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.clip, data.features1, data.features2, data.coarse, ...(data.truth ? [data.truth] : [])].map(loadVolume)); }
    catch (error) { this.find("readout").textContent = `The features could not be loaded (${error.message}). Reload the page.`; return; }
    if (this.data !== data || this.gone) return;
    const [pixels, f1, f2, coarse, truth] = loaded, [h, w, D] = data.features1.shape, { W, H } = data.clip;
    this.clip = { ...data.clip, data: pixels };
    this.f1 = { h, w, D, a: f1 }; this.f2 = pyramid({ h, w, D, a: f2 }, data.levels);
    this.coarse = coarse; this.truth = truth ? fieldAt(truth, H, W, 0) : null;
    while (this.levels.length < this.f2.length) this.addLevel(this.levels.length);
    this.levels.forEach((panel, k) => { panel.box.hidden = k >= this.f2.length; });
    this.level = Math.min(this.level, this.f2.length - 1);
    if (fresh) { const [x, y] = data.view.x < 0 ? data.point : [data.view.x, data.view.y]; this.at = [Math.min(x, W - 1), Math.min(y, H - 1)]; }
    this.compare();
    this.player.range(data.coarse.shape[0], fresh ? data.coarse.shape[0] : this.player.k);
  }

  addLevel(k) {
    const panel = new Panel(this.find("maps"), `Level ${k}`);
    panel.pane.onclick = () => { this.level = k; this.draw(); };
    panel.pane.tabIndex = 0;
    panel.pane.setAttribute("role", "button");
    panel.pane.setAttribute("aria-label", `Show level ${k} over frame 2`);
    panel.pane.onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); panel.pane.onclick(); } };
    this.levels.push(panel);
  }

  point(x, y) {
    const { W, H } = this.clip;
    this.at = [Math.max(0, Math.min(W - 1, Math.round(x))), Math.max(0, Math.min(H - 1, Math.round(y)))];
    this.compare(); this.draw();
    this.report({ x: this.at[0], y: this.at[1] });
  }

  // The cell whose pixel is nearest to the clicked one, and its maps.
  compare() {
    const [x, y] = this.at;
    this.cell = [Math.min(this.f1.w - 1, Math.round(x / CELL)), Math.min(this.f1.h - 1, Math.round(y / CELL))];
    this.maps = this.f2.map((f2) => correlations(this.f1, this.cell[1], this.cell[0], f2));
  }

  // The flow of the cell after k corrections, in cells.
  flow(k) {
    if (!k) return [0, 0];
    const { w, h } = this.f1, i = (((k - 1) * h + this.cell[1]) * w + this.cell[0]) * 2;
    return [this.coarse[i], this.coarse[i + 1]];
  }

  draw() {
    if (!this.maps) return;
    const [j, i] = this.cell, k = this.player.k, [u, v] = this.flow(k);
    const pen = this.first.paint(frameImage(this.clip, this.data.t));
    crosshair(pen, CELL * j, CELL * i, this.first.unit, CELL / 2);
    this.drawSecond(u, v, k);
    this.levels.slice(0, this.maps.length).forEach((panel, level) => this.drawLevel(panel, level, u, v));
    this.say(u, v, k);
  }

  drawSecond(u, v, k) {
    const panel = this.second, [j, i] = this.cell, pen = panel.paint(this.overlay());
    this.window(pen, panel.unit, this.level, u, v, (m) => CELL * (m * 2 ** this.level + (2 ** this.level - 1) / 2));
    const stops = Array.from({ length: k + 1 }, (_, n) => this.flow(n)).map(([p, q]) => [CELL * (j + p), CELL * (i + q)]);
    for (const [colour, wide] of [["#000000", 4], [PATH, 2]]) {
      pen.strokeStyle = pen.fillStyle = colour; pen.lineWidth = wide * panel.unit; pen.lineJoin = "round";
      pen.beginPath(); stops.forEach((stop) => pen.lineTo(...stop)); pen.stroke();
      pen.beginPath(); pen.arc(...stops.at(-1), (wide + 1.5) * panel.unit, 0, 7); pen.fill();
    }
    if (this.truth) {
      const [x, y] = this.target();
      for (const [colour, wide] of [["#000000", 4], [TRUE, 2]]) { pen.strokeStyle = colour; pen.lineWidth = wide * panel.unit; pen.beginPath(); pen.arc(x, y, 9 * panel.unit, 0, 7); pen.stroke(); }
    }
    panel.title(`Frame 2: likeness, level ${this.level}`);
    panel.note(this.truth ? "● flow  ◯ truth" : "● flow");
  }

  // Where the cell's own pixel truly went.
  target() {
    const [x, y] = this.cell.map((c) => c * CELL), n = Math.min(y, this.clip.H - 1) * this.clip.W + Math.min(x, this.clip.W - 1);
    return [x + this.truth.u[n], y + this.truth.v[n]];
  }

  // The second frame in grey under the chosen level's heat.
  overlay() {
    const { W, H } = this.clip, grey = greyFrame(this.clip, this.clip.data, this.data.t + 1), { w, h } = this.f2[this.level];
    const heat = heated(this.maps[this.level], w, h).data, side = CELL * 2 ** this.level, out = new ImageData(W, H);
    for (let y = 0, n = 0; y < H; y++) for (let x = 0; x < W; x++, n++) {
      const c = Math.min(w - 1, Math.floor((x + CELL / 2) / side)), r = Math.min(h - 1, Math.floor((y + CELL / 2) / side)), at = 4 * (r * w + c);
      for (let p = 0; p < 3; p++) out.data[4 * n + p] = 0.7 * heat[at + p] + 0.3 * 255 * grey[n];
      out.data[4 * n + 3] = 255;
    }
    return out;
  }

  drawLevel(panel, level, u, v) {
    const { w, h } = this.f2[level], pen = panel.paint(heated(this.maps[level], w, h));
    this.window(pen, panel.unit, level, u, v, (m) => m);
    panel.box.classList.toggle("chosen", level === this.level);
    panel.pane.setAttribute("aria-pressed", String(level === this.level));
    panel.note(`${w} × ${h}`);
  }

  // The places that are looked up, (2 r + 1)^2 of them around where the flow points.
  window(pen, unit, level, u, v, place) {
    const r = this.data.radius, x = (this.cell[0] + u) / 2 ** level, y = (this.cell[1] + v) / 2 ** level;
    for (const [colour, wide] of [["#000000", 1.9], ["#7de3ff", 1.1]]) {
      pen.fillStyle = colour;
      for (let dx = -r; dx <= r; dx++) for (let dy = -r; dy <= r; dy++) { pen.beginPath(); pen.arc(place(x + dx), place(y + dy), wide * unit, 0, 7); pen.fill(); }
    }
  }

  say(u, v, k) {
    const map = this.maps[0], { w } = this.f2[0], shares = softmax(map), best = shares.indexOf(Math.max(...shares));
    const [x, y] = this.cell.map((c) => c * CELL), to = ([p, q]) => `(${signed(p)}, ${signed(q)})`;
    const away = [((best % w) - this.cell[0]) * CELL, (Math.floor(best / w) - this.cell[1]) * CELL];
    const truth = this.truth ? ` Truth ${to([this.target()[0] - x, this.target()[1] - y])}.` : "";
    this.find("readout").textContent = `Cell at (y, x) = (${y}, ${x}). Most alike: the cell at ${to(away)} px, ${(100 * shares[best]).toFixed(0)} % of the softmax. After ${k}: flow ${to([CELL * u, CELL * v])} px.${truth}`;
  }

  close() { this.gone = true; this.player.stop(); this.report?.stop(); this.resizer.disconnect(); this.watcher.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let matcher = matchers.get(parentElement);
  if (!matcher) matchers.set(parentElement, (matcher = new Matcher(parentElement)));
  matcher.show(data, setStateValue);
  return () => { matcher.close(); matchers.delete(parentElement); };
}
