// RAFT's field after each correction, beside the truth, its error, and how much of the Lucas-Kanade
// step each correction took; all fields travel once.

const followers = new WeakMap(); // parentElement -> Follower

class Follower {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("fields");
    this.box.stage = this; // for tests
    const panels = this.find("panels");
    this.field = new Panel(panels, "Flow"); this.true = new Panel(panels, "True motion"); this.error = new Panel(panels, "Error"); this.trust = new Panel(panels, "Share of the fine step");
    this.every = [this.field, this.true, this.error, this.trust];
    for (const panel of this.every) pointed(panel, (x, y) => this.point(panel, x, y), () => { this.at = null; this.say(); });
    this.player = new Player(this.find, () => this.draw());
    this.resizer = new ResizeObserver(() => { this.every.forEach((panel) => panel.resized()); this.draw(); });
    this.resizer.observe(this.box);
    this.watcher = new IntersectionObserver(([entry]) => { this.player.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  async show(data) {
    const fresh = this.data?.iterates.url !== data.iterates.url;
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.iterates, data.trust, ...(data.truth ? [data.truth, data.valid] : [])].map(loadVolume)); }
    catch (error) { this.find("readout").textContent = `The fields could not be loaded (${error.message}). Reload the page.`; return; }
    if (this.data !== data || this.gone) return;
    const [K, H, W] = data.iterates.shape, [iterates, trust, truth, valid] = loaded;
    this.steps = [zero(H, W), ...Array.from({ length: K }, (_, k) => fieldAt(iterates, H, W, k))];
    this.shares = trust; this.truth = truth ? fieldAt(truth, H, W, 0) : null; this.valid = valid;
    this.true.box.hidden = this.error.box.hidden = !this.truth;
    const shown = this.truth ?? this.steps[K];
    this.largest = Math.max(0.25, ...shown.u.map((u, i) => Math.hypot(u, shown.v[i])));
    this.player.range(K, fresh && !calmly() ? 0 : K);
    if (fresh && !calmly()) this.player.start();
  }

  draw() {
    if (!this.steps) return;
    const k = this.player.k, field = this.steps[k], { W, H } = field;
    const pen = this.field.paint(fieldImage(field, this.largest));
    arrows(pen, field, this.largest, this.field.unit);
    this.field.title(k ? `Flow after ${k}` : "Before the first");
    if (this.truth) this.drawTruth(field);
    const [, h, w] = this.data.trust.shape;
    if (k) this.trust.paint(heatmap(w, h, this.shares.subarray((k - 1) * h * w, k * h * w), 1)); else this.trust.paint(new ImageData(w, h));
    this.trust.note(k ? "dark 0, light 1" : "no step yet");
    this.say();
  }

  drawTruth(field) {
    const { W, H } = field, off = new Float32Array(W * H);
    for (let i = 0; i < off.length; i++) off[i] = Math.hypot(field.u[i] - this.truth.u[i], field.v[i] - this.truth.v[i]);
    const pen = this.true.paint(fieldImage(this.truth, this.largest));
    arrows(pen, this.truth, this.largest, this.true.unit);
    this.error.paint(heatmap(W, H, off, Math.max(1, this.largest / 2), this.valid));
    this.error.note(`mean ${meanError(field, this.truth, this.valid).toFixed(3)} px`);
  }

  point(panel, x, y) {
    if (!this.steps) return;
    const { W, H } = this.steps[0];
    this.at = [Math.min(W - 1, Math.max(0, Math.round((x + 0.5) * (W / panel.W) - 0.5))), Math.min(H - 1, Math.max(0, Math.round((y + 0.5) * (H / panel.H) - 0.5)))];
    this.say();
  }

  say() {
    if (!this.steps) return;
    if (!this.at) { this.find("readout").textContent = "Hover a pixel to read its flow."; return; }
    const [x, y] = this.at, field = this.steps[this.player.k], i = y * field.W + x, to = (f) => `(${signed(f.u[i])}, ${signed(f.v[i])})`;
    const truth = !this.truth ? "" : this.valid[i] ? ` · truth ${to(this.truth)}` : " · truth unknown: covered or outside";
    this.find("readout").textContent = `(y, x) = (${y}, ${x}): flow ${to(field)} px${truth}`;
  }

  close() { this.gone = true; this.player.stop(); this.resizer.disconnect(); this.watcher.disconnect(); }
}

export default function ({ data: [data], parentElement }) {
  let follower = followers.get(parentElement);
  if (!follower) followers.set(parentElement, (follower = new Follower(parentElement)));
  follower.show(data);
  return () => { follower.close(); followers.delete(parentElement); };
}
