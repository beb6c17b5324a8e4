// The kernel workshop: 27 weights to edit, their answers on the clip at once, and the arithmetic of
// any of them. The clip comes once; everything else is computed here. The server hears of the view
// when the input has rested for a moment, and checks the sum.

const REST = 250; // milliseconds of quiet before the server is told
const TALLEST = 300; // CSS pixels of a picture's height
const SLICE_TALLEST = 190;
const STEP = 0.05; // of a weight: one arrow key, or
const PER_PIXEL = 0.01; // of a weight: one pixel of a vertical drag
const NEGATIVE = [103, 105, 219], POSITIVE = [222, 87, 70];
const PLANE_NAMES = { causal: ["two frames before", "the frame before", "this frame"], other: ["the frame before", "this frame", "the frame after"] };
const workshops = new WeakMap(); // parentElement -> Workshop

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
const shown = (v, digits = 3) => (Math.abs(v) < 0.5 * 10 ** -digits ? 0 : v).toFixed(digits).replace("-", "−");
const short = (v, digits = 3) => shown(v, digits).replace(/^(−?)0\./, "$1."); // .25: a cell is narrow
const exact = (v) => String(Math.round(v * 1e6) / 1e6 || 0);
const element = (tag, fields = {}) => Object.assign(document.createElement(tag), fields);

class Workshop {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("kernel");
    this.kernel = new Float64Array(TAPS);
    this.cache = new Map();
    this.at = [0, 0, 0]; // (t, y, x) in the clip
    this.playing = false; this.visible = true;
    this.cells();
    this.bind();
    this.resizer = new ResizeObserver(() => this.layout());
    this.resizer.observe(this.box);
    this.watcher = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  // ---- data in --------------------------------------------------------------------------------
  async show(data, tell) {
    this.tell = tell;
    const fresh = this.data?.clip.url !== data.clip.url, first = !this.data;
    this.data = data;
    if (first) this.presets();
    if (!fresh) return;
    this.volume = null;
    try {
      const [grey] = await loadVolumes([data.clip], () => { if (this.data === data) this.note("Loading the clip…"); });
      if (this.data !== data || this.gone) return;
      this.volume = { ...data.clip, data: grey };
    } catch (error) {
      this.note(`The clip could not be loaded (${error.message}). Reload the page.`);
      return;
    }
    this.note("");
    if (first) this.open(data.view);
    this.padding ??= "zero";
    this.changed(null);
    if (!(first && this.opened)) this.at = data.place;
    this.layout();
    if (!first) this.report(); // another clip: the server's sum was for the one before
  }

  // Where the link says: a kernel by title or by its numbers, a padding, a place of the output.
  open(view) {
    this.padding = this.data.paddings.includes(view.padding) ? view.padding : "zero";
    const numbers = String(view.kernel).split(",").map(Number);
    const named = this.data.kernels.find((k) => k.title === view.kernel) ?? this.data.kernels.find((k) => k.title === this.data.opening);
    const typed = numbers.length === TAPS && numbers.every((n) => Math.abs(n) <= 1e3);
    this.kernel.set(typed ? numbers : named.weights);
    this.title = typed ? null : named.title;
    const at = String(view.at).split(",").map(Number), { T, H, W } = this.volume;
    const place = toClip(this.padding, at);
    this.opened = at.length === 3 && at.every(Number.isInteger) && place.every((n, k) => n >= 0 && n < [T, H, W][k]);
    if (this.opened) this.at = place;
  }

  note(text) { this.find("note").textContent = text; }

  // ---- the kernel -------------------------------------------------------------------------------
  changed(title) {
    this.title = title ?? this.title;
    this.cache.clear();
    if (this.volume) this.most = usual(this.volume, this.kernel);
    this.controls();
    this.draw();
  }

  frame(t) {
    if (!this.cache.has(t)) this.cache.set(t, answers(this.volume, this.kernel, this.padding, t, 0, this.volume.H));
    return this.cache.get(t);
  }

  set(index, value) {
    if (!Number.isFinite(value)) return;
    this.kernel[index] = clamp(Math.round(value * 1e6) / 1e6, -1e3, 1e3);
    this.title = null;
    this.changed(null);
    this.report();
  }

  cells() {
    const planes = this.find("planes"), products = this.find("products");
    this.inputs = []; this.terms = []; this.names = [];
    for (let a = 0; a < SIDE; a++) {
      for (const [box, list] of [[planes, this.inputs], [products, this.terms]]) {
        const plane = element("div", { className: "plane" }), cells = element("div", { className: "cells" });
        const name = element("span");
        this.names.push([a, name]);
        for (let k = 0; k < 9; k++) {
          const cell = list === this.inputs ? element("input", { type: "number", step: STEP }) : element("div", { className: "product" });
          list.push(cell);
          cells.append(cell);
        }
        plane.append(name, cells);
        box.append(plane);
      }
    }
    this.inputs.forEach((input, k) => {
      input.dataset.tap = k;
      input.oninput = () => this.set(k, Number(input.value));
      this.scrubWeight(input, k);
    });
    this.terms.forEach((cell) => { cell.innerHTML = "<span></span><span></span><b></b>"; });
    const moves = this.find("moves");
    for (const [label, change] of Object.entries(CHANGES)) {
      const button = element("button", { type: "button", textContent: label });
      button.onclick = () => { this.kernel = Float64Array.from(change(this.kernel)); this.title = null; this.changed(null); this.report(); };
      moves.append(button);
    }
  }

  // Drag a weight up or down; a press without a drag edits it as text.
  scrubWeight(input, k) {
    let from = null;
    input.onpointerdown = (event) => { from = { y: event.clientY, value: this.kernel[k], dragged: false }; };
    input.onpointermove = (event) => {
      if (!from || !event.buttons) return;
      const by = from.y - event.clientY;
      if (!from.dragged && Math.abs(by) < 4) return;
      if (!from.dragged) { from.dragged = true; input.setPointerCapture(event.pointerId); input.blur(); }
      event.preventDefault();
      this.set(k, Math.round((from.value + by * PER_PIXEL) * 100) / 100);
    };
    input.onpointerup = input.onpointercancel = () => { from = null; };
  }

  presets() {
    const select = this.find("preset"), groups = new Map();
    for (const { group, name, title } of this.data.kernels) {
      if (!groups.has(group)) groups.set(group, element("optgroup", { label: group }));
      groups.get(group).append(element("option", { value: title, textContent: name }));
    }
    select.replaceChildren(element("option", { value: "", textContent: "your own" }), ...groups.values());
    select.onchange = () => {
      const named = this.data.kernels.find((k) => k.title === select.value);
      if (!named) return;
      this.kernel.set(named.weights);
      this.changed(named.title);
      this.report();
    };
  }

  controls() {
    const paddings = this.find("paddings"), select = this.find("preset");
    select.value = this.title ?? "";
    select.firstElementChild.disabled = this.title !== null;
    if (!paddings.children.length) paddings.append(...this.data.paddings.map(() => element("button", { type: "button" })));
    this.data.paddings.forEach((name, k) => {
      const button = paddings.children[k], on = name === this.padding;
      button.textContent = name;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
      button.onclick = () => { this.padding = name; this.changed(null); this.report(); };
      button.onkeydown = (event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        const next = paddings.children[(k + by + paddings.children.length) % paddings.children.length];
        next.click(); next.focus();
      };
    });
    const names = PLANE_NAMES[this.padding === "causal" ? "causal" : "other"];
    for (const [a, label] of this.names) label.textContent = names[a];
    const most = Math.max(...this.kernel.map(Math.abs)) || 1, editing = this.box.getRootNode().activeElement;
    this.inputs.forEach((input, k) => {
      const value = this.kernel[k];
      if (input !== editing || Number(input.value) !== value) input.value = exact(Math.round(value * 100) / 100);
      input.title = exact(value);
      input.setAttribute("aria-label", `Weight: ${names[Math.floor(k / 9)]}, row ${Math.floor(k / 3) % 3 + 1}, column ${k % 3 + 1}`);
      input.style.background = this.tint(value / most);
    });
  }

  tint(share) {
    const [r, g, b] = share < 0 ? NEGATIVE : POSITIVE;
    return `rgba(${r}, ${g}, ${b}, ${(0.55 * Math.min(1, Math.abs(share))).toFixed(3)})`;
  }

  // ---- drawing ----------------------------------------------------------------------------------
  layout() {
    if (!this.volume) return;
    const { T, H, W } = this.volume, room = this.find("clip").parentElement.clientWidth;
    const scale = Math.max(0.1, Math.min(room / W, TALLEST / H)), width = Math.floor(W * scale);
    const size = (name, rows, height) => {
      const canvas = this.find(name);
      canvas.width = W; canvas.height = rows;
      canvas.style.width = `${width}px`; canvas.style.height = `${Math.floor(height)}px`;
    };
    for (const name of ["clip", "answer"]) size(name, H, H * scale);
    for (const name of ["clip-slice", "answer-slice"]) size(name, T, clamp(T * scale, 70, SLICE_TALLEST));
    this.draw();
  }

  draw() {
    if (!this.volume || !this.find("clip").width) return;
    const { T, H, W, data, fps } = this.volume, [t, y, x] = this.at;
    this.greys("clip", H, (row) => data.subarray((t * H + row) * W, (t * H + row + 1) * W));
    const frame = this.frame(t);
    this.heat("answer", H, (row) => frame.subarray(row * W, (row + 1) * W));
    this.greys("clip-slice", T, (s) => data.subarray((s * H + y) * W, (s * H + y + 1) * W));
    this.heat("answer-slice", T, (s) => answers(this.volume, this.kernel, this.padding, s, y, y + 1));
    this.mark(t, y, x);
    const scrub = this.find("scrub"), seconds = (t / fps).toFixed(2);
    scrub.max = T - 1; scrub.value = t;
    scrub.setAttribute("aria-valuetext", `frame ${t} of ${T}, ${seconds} seconds`);
    this.find("count").textContent = `t = ${t} / ${T - 1} · ${seconds} s`;
    this.find("scale").innerHTML = `−${this.most.toPrecision(2)}<i></i>+${this.most.toPrecision(2)}`;
    this.find("clip-slice-title").textContent = `Row ${y} over time ↓`;
    this.find("answer-slice-title").textContent = "its answers over time ↓";
    this.find("clip").setAttribute("aria-label", `${this.data.alt}, grey, frame ${t}`);
    this.arithmetic();
  }

  paint(name, rows, fill) {
    const { W } = this.volume, image = new ImageData(W, rows);
    for (let row = 0; row < rows; row++) fill(image.data, row * W * 4, row);
    this.find(name).getContext("2d").putImageData(image, 0, 0);
  }

  greys(name, rows, line) {
    this.paint(name, rows, (out, k, row) => {
      for (const v of line(row)) { out[k++] = out[k++] = out[k++] = Math.round(255 * v); out[k++] = 255; }
    });
  }

  heat(name, rows, line) {
    const scale = 255 / this.most;
    this.paint(name, rows, (out, k, row) => {
      for (const v of line(row)) {
        const c = v < 0 ? NEGATIVE : POSITIVE;
        out[k++] = c[0]; out[k++] = c[1]; out[k++] = c[2]; out[k++] = Number.isNaN(v) ? 0 : Math.min(255, Math.abs(v) * scale);
      }
    });
  }

  // The picked place: its window on the clip, and the same place in the other three.
  mark(t, y, x) {
    const ring = (name, left, top, side, colour) => {
      const pen = this.find(name).getContext("2d");
      pen.globalCompositeOperation = colour ? "source-over" : "difference"; // seen on any picture
      pen.strokeStyle = colour ?? "#fff";
      pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
      pen.globalCompositeOperation = "source-over";
    };
    const ink = getComputedStyle(this.box).color;
    ring("clip", x - 1, y - 1, SIDE);
    ring("clip-slice", x, t, 1);
    ring("answer", x, y, 1, ink);
    ring("answer-slice", x, t, 1, ink);
  }

  // The 27 products behind the picked answer, and their sum.
  arithmetic() {
    const [t, y, x] = this.at, out = this.find("sum"), answer = this.find("answer");
    const there = exists(this.volume, this.padding, t, y, x);
    const place = toOutput(this.padding, this.at);
    const inputs = windowOf(this.volume, this.padding, t, y, x), products = inputs.map((v, k) => v * this.kernel[k]);
    this.total = there ? products.reduce((sum, p) => sum + p, 0) : null;
    const most = Math.max(...products.map(Math.abs)) || 1;
    this.terms.forEach((cell, k) => {
      const [value, weight, product] = cell.children;
      cell.style.opacity = there ? 1 : 0.35;
      value.textContent = short(inputs[k]);
      weight.textContent = `×${short(this.kernel[k], 2)}`;
      product.textContent = short(products[k]);
      cell.style.background = this.tint(products[k] / most);
      cell.dataset.product = products[k];
    });
    out.textContent = there
      ? `The answer at (t, y, x) = (${place.join(", ")}) of the output: 27 inputs × 27 weights, added up. Click another place.`
      : "The kernel would reach over the border here: with this padding there is no answer.";
    const parts = [0, 1, 2].map((a) => shown(products.slice(9 * a, 9 * a + 9).reduce((s, p) => s + p, 0), 4));
    this.find("total").textContent = there ? `${parts.join(" + ")} = ${shown(this.total, 6)}` : "";
    this.find("total").dataset.total = this.total;
    answer.setAttribute("aria-label", `Answers of the kernel, frame ${t}. Arrow keys move the picked place, Page Up and Page Down the frame. ${there ? `Here: ${shown(this.total, 4)}` : "No answer here"}`);
  }

  // ---- input ------------------------------------------------------------------------------------
  bind() {
    this.find("play").onclick = () => this.play(!this.playing);
    this.find("back").onclick = () => this.step(-1);
    this.find("next").onclick = () => this.step(1);
    this.find("scrub").oninput = (event) => { this.play(false); this.go(Number(event.target.value)); };
    for (const name of ["clip", "answer", "clip-slice", "answer-slice"]) this.pickable(this.find(name), name.endsWith("slice"));
    this.find("answer").onkeydown = (event) => this.key(event);
  }

  pickable(canvas, slice) {
    const pick = (event) => {
      if (!this.volume) return;
      const box = canvas.getBoundingClientRect(), { T, H, W } = this.volume;
      const x = clamp(Math.floor(((event.clientX - box.left) / box.width) * W), 0, W - 1), share = (event.clientY - box.top) / box.height;
      if (slice) this.pick([clamp(Math.floor(share * T), 0, T - 1), this.at[1], x]);
      else this.pick([this.at[0], clamp(Math.floor(share * H), 0, H - 1), x]);
    };
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); pick(event); };
    canvas.onpointermove = (event) => { if (event.buttons) pick(event); };
  }

  pick(at) { this.play(false); this.at = at; this.draw(); this.report(); }

  key(event) {
    if (!this.volume) return;
    const by = { ArrowLeft: [0, 0, -1], ArrowRight: [0, 0, 1], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], PageUp: [-1, 0, 0], PageDown: [1, 0, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const sizes = [this.volume.T, this.volume.H, this.volume.W];
    this.pick(this.at.map((n, k) => clamp(n + by[k], 0, sizes[k] - 1)));
  }

  play(on) {
    if (on === this.playing) return;
    this.playing = on;
    this.box.classList.toggle("playing", on);
    this.find("play").setAttribute("aria-label", on ? "Pause" : "Play");
    if (on) { this.due = performance.now(); this.tick(this.due); } else this.report();
  }

  tick(now) {
    if (!this.playing || this.gone) return;
    if (now - this.due > 1000) this.due = now;
    if (now >= this.due && this.visible && this.volume) { this.go((this.at[0] + 1) % this.volume.T, false); this.due += 1000 / this.volume.fps; }
    requestAnimationFrame((t) => this.tick(t));
  }

  go(t, byHand = true) {
    if (!this.volume) return;
    this.at = [clamp(t, 0, this.volume.T - 1), this.at[1], this.at[2]];
    this.draw();
    if (byHand) this.report();
  }

  step(by) { this.play(false); this.go(this.at[0] + by); }

  // ---- data out ---------------------------------------------------------------------------------
  report() {
    if (!this.volume || this.playing) return;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const view = { kernel: this.title ?? Array.from(this.kernel, exact).join(","), padding: this.padding, at: toOutput(this.padding, this.at).join(","), total: this.total };
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { this.gone = true; this.playing = false; clearTimeout(this.resting); this.resizer.disconnect(); this.watcher.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let workshop = workshops.get(parentElement);
  if (!workshop) workshops.set(parentElement, (workshop = new Workshop(parentElement)));
  workshop.show(data, setStateValue);
  return () => { workshop.close(); workshops.delete(parentElement); };
}
