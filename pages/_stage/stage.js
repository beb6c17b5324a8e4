// The clip stage: play, scrub, reorder, look at differences and slices, in the browser alone.
// The server sends arrays once and small JSON after that; it hears of the visitor's view when the
// input has rested for a moment.

const REST = 250; // milliseconds of quiet before the server is told
const TALLEST = 420; // CSS pixels of picture height, so that controls stay on the same screen
const SPEEDS = [["¼×", 0.25], ["½×", 0.5], ["1×", 1], ["2×", 2]];
const stages = new WeakMap(); // parentElement -> Stage

const numbers = (n) => Array.from({ length: n }, (_, k) => k);

class Stage extends ClipPlayer {
  constructor(parent) {
    super(parent, "stage");
    this.order = null; this.layer = null; this.row = null; this.speed = 1; this.line = null;
    this.bind();
    this.resizer = new ResizeObserver(() => this.layout());
    this.resizer.observe(this.box);
  }

  // ---- data in --------------------------------------------------------------------------------
  async show(data, tell) {
    this.tell = tell;
    const fresh = this.data?.clip.url !== data.clip.url;
    this.follow(data.view, this.data?.view ?? {});
    this.data = data;
    if (fresh) { this.clip = null; this.line = null; this.reserve(data); }
    try {
      const [pixels, ...extra] = await loadVolumes([data.clip, ...data.layers], () => { if (fresh && this.data === data) this.note("Loading the clip…"); });
      if (this.data !== data || this.gone) return; // a newer call is under way
      this.clip ??= { ...data.clip, data: pixels };
      this.volumes = data.layers.map((layer, k) => ({ ...layer, data: extra[k] }));
    } catch (error) {
      this.note(`The clip could not be loaded (${error.message}). Reload the page.`);
      return;
    }
    this.note("");
    this.setSequence();
    this.choices();
    this.samples();
    this.layout();
    if (fresh && data.autoplay && !calm() && !this.playing) this.play(true);
  }

  // Give the picture its size before its pixels come, so that nothing below it moves.
  reserve({ clip, tallest = TALLEST }) {
    const { style } = this.find("picture"), scale = this.scale(clip, tallest);
    style.width = `${Math.floor(clip.W * scale)}px`; style.height = `${Math.floor(clip.H * scale)}px`;
  }

  scale({ W, H }, tallest = TALLEST) { return Math.max(0.1, Math.min(this.find("screen").clientWidth / W, tallest / H)); }

  // Take over what the server changed; an echo of what this stage has told it is not a change.
  follow(view, before) {
    for (const [name, field] of [["t", "at"], ["order", "order"], ["layer", "layer"], ["row", "row"]]) {
      if (name in view && view[name] !== before[name] && view[name] !== this.told?.[name]) this[field] = view[name];
    }
  }

  note(text) { this.find("note").textContent = text; }

  // ---- the order frames are shown in -----------------------------------------------------------
  setSequence() {
    const { T } = this.clip, { rows, orders } = this.data;
    const row = rows.find((r) => `row:${r.name}` === this.order);
    const order = orders.find((o) => o.name === this.order);
    if (row) this.seq = this.hold(row.indices, T);
    else if (order?.seq) this.seq = order.seq;
    else { this.seq = numbers(T); this.order = orders[0]?.name ?? null; }
    this.at = clamp(this.at, 0, this.seq.length - 1);
    const scrub = this.find("scrub");
    scrub.max = this.seq.length - 1; scrub.value = this.at;
  }

  // What a model that sees only `indices` knows at each time: the last frame it was given.
  hold(indices, T) {
    const sorted = [...indices].sort((a, b) => a - b);
    let k = 0;
    return numbers(T).map((t) => { while (k + 1 < sorted.length && sorted[k + 1] <= t) k++; return sorted[k]; });
  }

  choose(order) { this.order = order; this.setSequence(); this.choices(); this.layout(); this.report(); }

  get length() { return this.seq.length; }

  get pace() { return 1000 / (this.data.clip.fps * this.speed); }

  // ---- drawing --------------------------------------------------------------------------------
  get t() { return this.seq[this.at]; }
  get volume() { return this.volumes.find((v) => v.name === this.layer); }

  layout() {
    if (!this.clip) return;
    this.find("panel").hidden = !this.closedPanel(); // on a phone the clip panel is behind a button
    const { W, H } = this.clip, slicing = this.data.slice;
    this.find("slice").hidden = !slicing;
    this.find("row-bar").hidden = !slicing;
    this.find("rule").hidden = !slicing;
    this.find("strip-wrap").hidden = !this.data.strip;
    const picture = this.find("picture"), scale = this.scale(this.clip, this.data.tallest);
    picture.width = W; picture.height = H;
    this.reserve(this.data);
    picture.style.touchAction = slicing ? "none" : "pan-y";
    picture.setAttribute("aria-label", this.data.alt);
    if (slicing) this.layoutSlice(scale);
    if (this.data.strip) paintStrip(this.find("strip"), this.clip, this.seq, this.box.clientWidth);
    for (const sample of this.rowCanvases ?? []) sample.paint();
    this.draw();
  }

  layoutSlice(scale) {
    const { W, H } = this.clip, row = this.find("row");
    this.row = clamp(this.row ?? Math.floor(H / 2), 0, H - 1);
    row.max = H - 1; row.value = this.row;
    const cut = this.find("cut"), T = this.seq.length;
    cut.width = W; cut.height = T;
    cut.style.width = `${Math.floor(W * scale)}px`; cut.style.height = `${Math.floor(clamp(H * scale, 120, TALLEST))}px`;
    cut.getContext("2d").putImageData(sliceImage(this.clip, this.row, this.seq), 0, 0);
    this.find("row-count").textContent = `y = ${this.row} / ${H - 1}`;
    this.find("rule").style.top = `${((this.row + 0.5) / H) * 100}%`;
    this.drawSlope();
  }

  draw() {
    if (!this.clip) return;
    const { W, H, fps } = this.clip, volume = this.volume, T = this.seq.length;
    this.image = volume ? heatImage(volume, this.t, W, H, this.image) : frameImage(this.clip, this.t, this.image?.width === W && this.image?.height === H ? this.image : undefined);
    this.find("picture").getContext("2d").putImageData(this.image, 0, 0);
    const scrub = this.find("scrub"), text = `frame ${this.t} of ${this.clip.T}, ${(this.at / fps).toFixed(2)} seconds`;
    scrub.value = this.at; scrub.setAttribute("aria-valuetext", text);
    this.find("count").textContent = `t = ${this.t} / ${this.clip.T - 1} · ${(this.at / fps).toFixed(2)} s`;
    this.find("head").style.left = `${((this.at + 0.5) / T) * 100}%`;
    this.find("now").style.top = `${((this.at + 0.5) / T) * 100}%`;
    this.read();
  }

  // The number under the pointer: position, colour, and the layer's value.
  read() {
    const out = this.find("readout");
    if (!this.pointer) { out.textContent = this.data.hint ?? "Point at the picture to read a pixel."; return; }
    const { W, H, data } = this.clip, { x, y } = this.pointer, at = ((this.t * H + y) * W + x) * 3;
    const rgb = [0, 1, 2].map((c) => (data[at + c] / 255).toFixed(2)).join(" ");
    const values = this.volumes.map((v) => ` · ${v.label} ${fixed(v.data[(Math.min(this.t, v.T - 1) * H + y) * W + x], 3)}`).join("");
    out.textContent = `(t, y, x) = (${this.t}, ${y}, ${x}) · RGB ${rgb}${values}`;
  }

  drawSlope() {
    const line = this.find("measure").firstElementChild, out = this.find("slope");
    if (!this.line) { line.setAttribute("stroke-opacity", 0); out.textContent = "x →, time ↓. Drag along a streak to measure its speed."; return; }
    const { a, b } = this.line, T = this.seq.length, W = this.clip.W;
    for (const [name, value] of [["x1", a.x / W], ["y1", a.t / T], ["x2", b.x / W], ["y2", b.t / T]]) line.setAttribute(name, `${value * 100}%`);
    line.setAttribute("stroke-opacity", 1);
    const dx = b.x - a.x, dt = b.t - a.t;
    out.textContent = Math.abs(dt) < 0.5 ? "Drag down as well: speed needs time to pass." :
      `Δx / Δt = ${fixed(dx, 1)} px / ${fixed(dt, 1)} frames = ${fixed(dx / dt)} px per frame`;
  }

  // ---- the choices below the picture ------------------------------------------------------------
  choices() {
    const { orders, layers } = this.data;
    radios(this.find("orders"), orders.length > 1 ? orders.map((o) => [o.label, o.name]) : [], this.order, (name) => this.choose(name));
    const looks = layers.length ? [["Frames", null], ...layers.map((l) => [l.label, l.name])] : [];
    radios(this.find("layers"), looks, this.layer, (name) => { this.layer = name; this.choices(); this.draw(); this.report(); });
    radios(this.find("speeds"), this.data.speeds === false ? [] : SPEEDS, this.speed, (speed) => { this.speed = speed; this.choices(); });
  }

  samples() {
    const box = this.find("samples"), { rows } = this.data;
    this.rowCanvases = [];
    if (box.children.length !== rows.length) {
      box.replaceChildren(...rows.map(() => {
        const item = document.createElement("div");
        item.className = "sample";
        item.innerHTML = '<div class="name"><span class="swatch"></span><span class="label"></span><small></small><span class="unseen"></span></div><button type="button"></button><canvas role="img"></canvas>';
        return item;
      }));
    }
    rows.forEach((row, k) => this.sample(box.children[k], row));
  }

  sample(item, row) {
    const canvas = item.querySelector("canvas"), button = item.querySelector("button"), on = this.order === `row:${row.name}`;
    item.querySelector(".swatch").style.background = row.colour;
    item.querySelector(".label").textContent = row.label;
    item.querySelector("small").textContent = row.note ?? "";
    const unseen = row.unseen ? `last ${row.unseen === 1 ? "frame" : `${row.unseen} frames`} never reached` : "";
    item.querySelector(".unseen").textContent = unseen;
    canvas.setAttribute("aria-label", `${row.label} takes frames ${row.indices.join(", ")}${unseen && `; ${unseen}`}`);
    button.textContent = on ? "Seen like this" : "See it like this";
    button.setAttribute("aria-pressed", String(on));
    button.setAttribute("aria-label", `Play only the frames of: ${row.label}`);
    button.onclick = () => { this.choose(on ? this.data.orders[0]?.name ?? null : `row:${row.name}`); this.samples(); this.layout(); if (!this.playing && !calm()) this.play(true); };
    const ink = getComputedStyle(this.box).color;
    let map = null;
    this.rowCanvases.push({ paint: () => { map = paintSample(canvas, this.clip, row, this.data.clip.T, item.clientWidth, ink); } });
    canvas.onclick = (event) => this.pickSample(event, canvas, row, map);
  }

  pickSample(event, canvas, row, map) {
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let t = Math.round(((x - 4) / (box.width - 8)) * this.clip.T - 0.5);
    if (y >= map.top) t = row.indices[Math.floor((y - map.top) / (map.high + 14)) * map.per + Math.floor(x / (map.wide + map.gap))] ?? t;
    this.seek(this.seq.indexOf(t) >= 0 ? this.seq.indexOf(t) : t);
  }

  closedPanel() { return document.querySelector("[data-testid=stExpandSidebarButton]"); }

  // ---- input ----------------------------------------------------------------------------------
  bind() {
    this.find("panel").onclick = () => this.closedPanel()?.click();
    this.find("row").oninput = (event) => this.setRow(Number(event.target.value));
    this.drag(this.find("picture"), (spot, down) => { this.pointer = spot; this.read(); if (down && this.data.slice) this.setRow(spot.y); }, () => { this.pointer = null; this.read(); });
    this.drag(this.find("strip"), (spot, down) => { if (down && this.clip) this.seek(spot.fx * this.seq.length - 0.5); });
    this.drag(this.find("cut"), (spot, down, first) => this.measure(spot, down, first));
  }

  moves() {
    const rows = { ArrowUp: () => this.setRow(this.row - 1), ArrowDown: () => this.setRow(this.row + 1) };
    return { ...super.moves(), ...(this.data.slice ? rows : {}) };
  }

  // Pointer events in the canvas's own pixels: hover, press, drag; one finger works as the mouse does.
  drag(canvas, move, leave = () => {}) {
    const spot = (event) => {
      const box = canvas.getBoundingClientRect(), fx = clamp((event.clientX - box.left) / box.width, 0, 1), fy = clamp((event.clientY - box.top) / box.height, 0, 1);
      const { W, H } = this.clip ?? { W: 1, H: 1 };
      return { fx, fy, x: Math.min(W - 1, Math.floor(fx * W)), y: Math.min(H - 1, Math.floor(fy * H)) };
    };
    canvas.onpointerdown = (event) => { if (!this.clip) return; canvas.setPointerCapture(event.pointerId); move(spot(event), true, true); };
    canvas.onpointermove = (event) => { if (this.clip) move(spot(event), event.buttons > 0, false); };
    canvas.onpointerleave = () => { if (this.clip) leave(); };
  }

  setRow(y) { if (!this.clip) return; this.row = clamp(y, 0, this.clip.H - 1); this.line = null; this.layout(); this.report(); }

  measure(spot, down, first) {
    if (!down) return;
    const here = { x: spot.fx * this.clip.W, t: spot.fy * this.seq.length };
    this.line = first ? { a: here, b: here } : { a: this.line?.a ?? here, b: here };
    this.drawSlope();
  }

  // ---- data out -------------------------------------------------------------------------------
  report() {
    if (!this.clip) return;
    clearTimeout(this.resting);
    const view = { t: this.playing ? this.told?.t ?? null : this.at, order: this.order, layer: this.layer, row: this.row };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { super.close(); this.resizer.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) stages.set(parentElement, (stage = new Stage(parentElement)));
  stage.show(data, setStateValue);
  return () => { stage.close(); stages.delete(parentElement); };
}
