// The inspector on its own: the equation beside a picture over which a symbol's array is laid.

const inspectors = new WeakMap(); // parentElement -> Inspector

class Inspector {
  constructor(parent) {
    this.box = parent.querySelector(".inspector");
    this.panel = new Panel(this.box.querySelector(".seen"), "");
    this.scrub = this.box.querySelector(".scrub");
    this.scrub.oninput = () => { this.t = Number(this.scrub.value); this.draw(); };
    pointed(this.panel, (x, y, down) => { if (down) this.point(x, y); else { this.peek = [x, y]; this.read(x, y); } }, () => this.read(...this.at));
    this.panel.pane.tabIndex = 0;
    this.panel.pane.onkeydown = (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by) { event.preventDefault(); this.point(this.at[0] + by[0], this.at[1] + by[1]); }
    };
    this.resizer = new ResizeObserver(() => { this.panel.resized(); this.draw(); });
    this.resizer.observe(this.box);
  }

  async show(data) {
    const names = Object.keys(data.layers);
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.clip, ...names.map((name) => data.layers[name])].map(loadVolume)); }
    catch (error) { this.panel.note(`could not be loaded (${error.message})`); return; }
    if (this.data !== data || this.gone) return;
    const [frames, ...arrays] = loaded;
    this.frames = { ...data.clip, data: frames };
    this.layers = Object.fromEntries(names.map((name, k) => [name, this.layer(data.layers[name], arrays[k])]));
    this.at ??= data.point;
    if (this.equation?.spec.math !== data.equation.math) {
      this.equation = new Equation(this.box.querySelector(".equation"), data.equation, () => this.draw());
      if (data.start) this.equation.hold(data.start);
    }
    else this.equation.show(data.equation);
    const T = Math.max(data.clip.T, ...names.map((name) => this.layers[name].T));
    this.t = Math.min(this.t ?? T - 1, T - 1);
    this.box.querySelector(".moment").hidden = T < 2;
    this.scrub.max = T - 1; this.scrub.value = this.t;
    this.scrub.setAttribute("aria-label", data.frame);
    this.panel.describe(data.alt);
    this.draw();
  }

  layer(spec, a) {
    const T = spec.shape.length === 3 ? spec.shape[0] : 1;
    return { a, T, largest: largestOf(a) };
  }

  point(x, y) {
    const { W, H } = this.frames;
    this.at = [Math.max(0, Math.min(W - 1, Math.round(x))), Math.max(0, Math.min(H - 1, Math.round(y)))];
    this.draw();
  }

  draw() {
    if (!this.frames || !this.equation || !this.panel.pane.clientWidth) return;
    const { W, H } = this.frames, name = this.equation.active, layer = this.layers[name];
    const t = Math.min(this.t, this.frames.T - 1), below = greyImage(W, H, greyFrame(this.frames, this.frames.data, t));
    const start = layer ? Math.min(this.t, layer.T - 1) * W * H : 0;
    const signed = this.data.equation.symbols[name]?.signed;
    const over = layer && (signed ? signedImage(W, H, layer.a, layer.largest, start) : heatmap(W, H, layer.a.subarray(start, start + W * H), layer.largest));
    if (over) dim(below);
    const pen = this.panel.paint(below, ...(over ? [over] : []));
    crosshair(pen, ...this.at, this.panel.unit);
    this.panel.title(layer ? `${name}, up to ${short(layer.largest)} in size` : "the picture");
    this.box.querySelector(".count").textContent = `${this.data.frame} ${this.t}`;
    this.read(...this.at);
  }

  read(x, y) {
    if (!this.frames) return;
    const { W, H } = this.frames;
    x = Math.max(0, Math.min(W - 1, Math.round(x))); y = Math.max(0, Math.min(H - 1, Math.round(y)));
    this.panel.note(`(x, y) = (${x}, ${y})`);
    this.equation.values(Object.fromEntries(Object.entries(this.layers).map(([name, layer]) => [name, layer.a[(Math.min(this.t, layer.T - 1) * H + y) * W + x]])));
  }

  close() { this.gone = true; this.resizer.disconnect(); }
}

// Fade a picture so that an array over it stands out.
function dim(picture) {
  for (let k = 3; k < picture.data.length; k += 4) picture.data[k] = 90;
}

export default function ({ data: [data], parentElement }) {
  let inspector = inspectors.get(parentElement);
  if (!inspector) inspectors.set(parentElement, (inspector = new Inspector(parentElement)));
  inspector.show(data);
  return () => { inspector.close(); inspectors.delete(parentElement); };
}
