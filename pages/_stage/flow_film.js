// A clip's flow, played: arrays by address once; the camera's part, the check and the arrows are
// switched here.

const films = new WeakMap(); // parentElement -> Film

class Film {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("film");
    this.box.stage = this; // for tests
    const panels = this.find("panels");
    this.picture = new Panel(panels, "Frame"); this.field = new Panel(panels, "Flow");
    this.on = { arrows: true, camera: false, check: false };
    this.t = 0;
    for (const panel of [this.picture, this.field]) pointed(panel, (x, y) => { this.at = [x / panel.W, y / panel.H]; this.draw(); }, () => { this.at = null; this.draw(); });
    this.scrub = this.find("scrub");
    this.scrub.oninput = () => { this.play(false); this.go(Number(this.scrub.value)); };
    this.find("play").onclick = () => this.play(!this.playing);
    for (const name of Object.keys(this.on)) this.find(name).onclick = () => { this.on[name] = !this.on[name]; this.draw(); };
    this.longest = this.find("longest");
    this.longest.oninput = () => { this.scale = Number(this.longest.value); this.draw(); };
    this.resizer = new ResizeObserver(() => { this.picture.resized(); this.field.resized(); this.draw(); });
    this.resizer.observe(this.box);
    this.watcher = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  async show(data, tell) {
    const fresh = this.data?.clip.url !== data.clip.url;
    this.tell = tell;
    this.report ??= resting(() => this.tell("view", { t: this.t }));
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.clip, data.flow, data.check].map(loadVolume)); }
    catch (error) { this.field.note(`could not be loaded (${error.message})`); return; }
    if (this.data !== data || this.gone) return;
    [this.frames, this.flow, this.check] = loaded;
    const [T, H, W] = data.flow.shape;
    Object.assign(this, { T, H, W });
    this.t = Math.min(fresh ? Number(data.view.t) || 0 : this.t, T - 1);
    this.scale = data.longest;
    this.longest.max = String(3 * data.longest); this.longest.min = String(data.longest / 10); this.longest.step = "any"; this.longest.value = String(this.scale);
    this.scrub.max = T - 1;
    this.draw();
    if (fresh && !calmly() && T > 1) this.play(true);
  }

  play(on) {
    this.playing = on;
    this.find("play").textContent = on ? "Pause" : "Play";
    if (on) { this.next = 0; requestAnimationFrame((now) => this.tick(now)); } else if (this.flow) this.report();
  }
  tick(now) {
    if (!this.playing || this.gone) return;
    if (this.visible && now > this.next) { this.next = now + 1000 / Math.min(this.data.clip.fps, 24); this.t = (this.t + 1) % this.T; this.draw(); }
    requestAnimationFrame((later) => this.tick(later));
  }
  go(t) { this.t = within(t, 0, this.T - 1); this.draw(); this.report(); }

  draw() {
    if (!this.flow || !this.box.clientWidth) return;
    const { W, H, t } = this, { clip } = this.data, n = W * H, field = this.moved(t);
    const shown = this.on.check ? this.check.subarray(t * n, (t + 1) * n) : null;
    const pens = [this.picture.paint(frameImage({ W: clip.W, H: clip.H, data: this.frames }, t)), this.field.paint(fieldImage(field, this.scale, shown))];
    if (this.on.arrows) { this.field.over.style.opacity = 1; arrows(pens[1], field, this.scale, this.field.unit, shown); }
    for (const name of Object.keys(this.on)) this.find(name).setAttribute("aria-pressed", String(this.on[name]));
    this.picture.note(`t = ${t} of ${this.T}`);
    this.scrub.value = t; this.scrub.setAttribute("aria-valuetext", `frames ${t} and ${t + 1}`);
    this.find("count").textContent = `frames ${t} → ${t + 1}`;
    this.find("scale").textContent = `full colour at ${this.scale.toFixed(this.scale < 1 ? 2 : 1)} px`;
    if (this.at) {
      const x = within(Math.floor(this.at[0] * W + 0.5), 0, W - 1), y = within(Math.floor(this.at[1] * H + 0.5), 0, H - 1), i = y * W + x;
      this.field.note(`(${x}, ${y}): u ${fixed(field.u[i])}, v ${fixed(field.v[i])} px${shown && !shown[i] ? ", there and back disagree" : ""}`);
      crosshair(pens[1], x, y, this.field.unit);
    } else this.field.note(this.on.check ? `${((100 * shown.reduce((a, b) => a + b, 0)) / n).toFixed(0)} % agree there and back` : `${W} × ${H}`);
  }

  // The field of frame t, the camera's affine part taken out where asked.
  moved(t) {
    const { W, H } = this, n = W * H, u = new Float32Array(n), v = new Float32Array(n), [[a, b, c], [d, e, f]] = this.on.camera ? this.data.camera[t] : [[0, 0, 0], [0, 0, 0]];
    for (let y = 0, i = 0, j = 2 * n * t; y < H; y++) for (let x = 0; x < W; x++, i++) { u[i] = this.flow[j++] - (a * x + b * y + c); v[i] = this.flow[j++] - (d * x + e * y + f); }
    return { W, H, u, v };
  }

  close() { this.gone = true; this.playing = false; this.report?.stop(); this.resizer.disconnect(); this.watcher.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let film = films.get(parentElement);
  if (!film) films.set(parentElement, (film = new Film(parentElement)));
  film.show(data, setStateValue);
  return () => { film.close(); films.delete(parentElement); };
}
