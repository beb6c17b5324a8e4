// Hide and predict: masks are drawn, painted and played here; the server is asked for the network's
// prediction once the input has rested. Needs frames.js, paint.js, radios.js and player.js.

const QUIET = 250; // milliseconds of rest before the server is told
const MOST_ERROR = 0.4; // mean absolute error drawn as the hottest colour
const KINDS = [["Tube", "tube"], ["Random", "random"], ["Frame", "frame"], ["Painted", "painted"]];
const WAYS = [["the network", "model"], ["nearest visible copy", "copy"], ["mean visible colour", "mean"]];
const benches = new WeakMap(); // parentElement -> Bench

const percent = (share) => `${(100 * share).toFixed(1)} %`;

class Bench extends ClipPlayer {
  constructor(parent) {
    super(parent, "masks");
    Object.assign(this, { way: "model", clip: null, model: null, spot: null, cursor: null });
    this.bind();
  }

  // ---- data in --------------------------------------------------------------------------------
  async show(data, tell) {
    this.tell = tell;
    const fresh = this.data?.truth.url !== data.truth.url;
    this.follow(data.view, this.data?.view ?? {});
    this.data = data;
    try {
      const [truth, filled] = await Promise.all([loadVolume(data.truth), data.filled ? loadVolume(data.filled) : null]);
      if (this.data !== data || this.gone) return; // a newer call is under way
      this.clip = { ...data.truth, data: truth };
      this.model = filled && { data: filled, of: this.name(data.view) };
    } catch (error) {
      this.find("note").textContent = `The clip could not be loaded (${error.message}). Reload the page.`;
      return;
    }
    this.refresh();
    if (fresh && data.autoplay && !calm() && !this.playing) this.play(true);
  }

  // Take over what the server changed; an echo of what was told from here is not a change.
  follow(view, before) {
    for (const name of ["kind", "ratio", "seed", "painted"]) {
      if (view[name] !== before[name] && view[name] !== this.told?.[name]) this[name] = view[name];
    }
    if (before.t === undefined) this.at = view.t;
  }

  name(view) { return view.kind === "painted" ? `painted ${view.painted}` : `${view.kind} ${view.ratio} ${view.seed}`; }

  // ---- masks ----------------------------------------------------------------------------------
  get grid() { return this.data.grid; }

  // True for each cube that is hidden, slice by slice: the first so many of the order the server drew.
  setMask() {
    const [T, H, W] = this.grid, places = H * W, masked = new Uint8Array(T * places);
    if (this.kind === "painted") {
      for (let k = 0; k < masked.length; k++) masked[k] = this.places()[k % places];
    } else {
      const order = this.data.orders[this.seed][this.kind], count = Math.floor((this.ratio / 100) * order.length);
      const hidden = new Uint8Array(order.length);
      for (let k = 0; k < count; k++) hidden[order[k]] = 1;
      for (let k = 0; k < masked.length; k++) masked[k] = hidden[{ tube: k % places, random: k, frame: Math.floor(k / places) }[this.kind]];
    }
    this.masked = masked;
    this.hidden = masked.reduce((sum, m) => sum + m, 0);
  }

  // A painting is one bit a place in hexadecimal digits, the first place highest.
  places() {
    if (this.unpacked?.of !== this.painted) {
      const bits = [...this.painted].flatMap((digit) => [3, 2, 1, 0].map((k) => (parseInt(digit, 16) >> k) & 1));
      this.unpacked = { of: this.painted, bits };
    }
    return this.unpacked.bits;
  }

  pack(bits) {
    let text = "";
    for (let k = 0; k < bits.length; k += 4) text += ((bits[k] << 3) | (bits[k + 1] << 2) | (bits[k + 2] << 1) | bits[k + 3]).toString(16);
    return text;
  }

  // Hide or show one place in every slice; the first stroke starts from what is seen now.
  paint(place, hide) {
    const [, H, W] = this.grid, places = H * W, slice = this.slice;
    const bits = this.kind === "painted" ? [...this.places()] : Array.from(this.masked.subarray(slice * places, (slice + 1) * places));
    bits[place] = hide ? 1 : 0;
    if (bits.every((bit) => bit)) return; // something has to stay visible
    this.kind = "painted"; this.painted = this.pack(bits);
    this.change();
  }

  get slice() { return Math.floor(this.at / this.data.cube[0]); }

  change() { this.refresh(); this.report(); }

  // ---- what fills the holes ---------------------------------------------------------------------
  refresh() {
    if (!this.clip) return;
    this.setMask();
    const answered = this.model?.of === this.name(this);
    this.box.classList.toggle("waiting", this.way === "model" && !answered);
    this.find("note").textContent = this.way !== "model" || answered ? "" : this.data.missing ?? "Asking the network…";
    this.guess = this.way === "model" ? this.model?.data ?? this.clip.data : this.way === "copy" ? this.copied() : this.averaged();
    this.choices();
    this.words();
    this.draw();
  }

  cubeOf(t, y, x) {
    const [p, s] = this.data.cube, [, H, W] = this.grid;
    return (Math.floor(t / p) * H + Math.floor(y / s)) * W + Math.floor(x / s);
  }

  // Fill each hidden pixel by `value(cube, t, y, x, c)`.
  fill(value) {
    const { T, H, W, data } = this.clip, out = data.slice();
    for (let t = 0, i = 0; t < T; t++) for (let y = 0; y < H; y++) for (let x = 0; x < W; x++) {
      const cube = this.cubeOf(t, y, x);
      for (let c = 0; c < 3; c++, i++) if (this.masked[cube]) out[i] = value(cube, t, y, x, c);
    }
    return out;
  }

  averaged() {
    const { T, H, W, data } = this.clip, sums = [0, 0, 0];
    let count = 0;
    for (let t = 0, i = 0; t < T; t++) for (let y = 0; y < H; y++) for (let x = 0; x < W; x++, i += 3) {
      if (this.masked[this.cubeOf(t, y, x)]) continue;
      count++;
      for (let c = 0; c < 3; c++) sums[c] += data[i + c];
    }
    return this.fill((cube, t, y, x, c) => sums[c] / Math.max(1, count));
  }

  // The nearest visible cube; a frame counts as one pixel, as in vidcore.videomae.leakage.
  copied() {
    const [p, s] = this.data.cube, [, GH, GW] = this.grid, { H, W, data } = this.clip, seen = [];
    this.masked.forEach((m, k) => { if (!m) seen.push(k); });
    const place = (k) => [Math.floor(k / (GH * GW)), Math.floor(k / GW) % GH, k % GW];
    const spots = seen.map(place);
    const from = Array.from(this.masked, (m, k) => {
      if (!m) return null;
      const [t, y, x] = place(k);
      let best = Infinity, at = null;
      for (const spot of spots) {
        const far = (p * (spot[0] - t)) ** 2 + (s * (spot[1] - y)) ** 2 + (s * (spot[2] - x)) ** 2;
        if (far < best) { best = far; at = [p * (spot[0] - t), s * (spot[1] - y), s * (spot[2] - x)]; }
      }
      return at;
    });
    return this.fill((cube, t, y, x, c) => { const [dt, dy, dx] = from[cube]; return data[(((t + dt) * H + y + dy) * W + x + dx) * 3 + c]; });
  }

  // Mean squared error over the hidden pixels, in [0, 1]; null where nothing is hidden.
  mse() {
    const { T, H, W, data } = this.clip;
    let sum = 0, count = 0;
    for (let t = 0, i = 0; t < T; t++) for (let y = 0; y < H; y++) for (let x = 0; x < W; x++, i += 3) {
      if (!this.masked[this.cubeOf(t, y, x)]) continue;
      count += 3;
      for (let c = 0; c < 3; c++) sum += ((this.guess[i + c] - data[i + c]) / 255) ** 2;
    }
    return count ? sum / count : null;
  }

  // ---- drawing --------------------------------------------------------------------------------
  draw() {
    if (!this.clip) return;
    const { T, H, W, fps } = this.clip, now = this.at;
    const paint = (name, colour) => {
      const canvas = this.find(name), image = new ImageData(W, H), out = image.data;
      for (let y = 0, k = 0; y < H; y++) for (let x = 0; x < W; x++, k += 4) colour(out, k, ((now * H + y) * W + x) * 3, this.masked[this.cubeOf(now, y, x)]);
      canvas.width = W; canvas.height = H;
      canvas.getContext("2d").putImageData(image, 0, 0);
    };
    const copy = (from) => (out, k, i) => { out[k] = from[i]; out[k + 1] = from[i + 1]; out[k + 2] = from[i + 2]; out[k + 3] = 255; };
    const truth = this.clip.data, guess = this.guess;
    paint("seen", (out, k, i, hidden) => { if (!hidden) copy(truth)(out, k, i); });
    paint("filled", (out, k, i, hidden) => copy(hidden ? guess : truth)(out, k, i));
    paint("truth", copy(truth));
    paint("error", (out, k, i, hidden) => {
      if (!hidden) return;
      const off = (Math.abs(guess[i] - truth[i]) + Math.abs(guess[i + 1] - truth[i + 1]) + Math.abs(guess[i + 2] - truth[i + 2])) / 765;
      const v = 3 * clamp(Math.round((255 * off) / MOST_ERROR), 0, 255);
      out[k] = heatTable[v]; out[k + 1] = heatTable[v + 1]; out[k + 2] = heatTable[v + 2]; out[k + 3] = 255;
    });
    this.outline();
    const scrub = this.find("scrub");
    scrub.max = T - 1; scrub.value = now;
    scrub.setAttribute("aria-valuetext", `frame ${now} of ${T}, slice ${this.slice}`);
    this.find("count").textContent = `t = ${now} / ${T - 1} · ${(now / fps).toFixed(2)} s`;
    this.read();
  }

  // The place under the pointer, or under the keyboard's cursor, ringed in the picture of what is seen.
  outline() {
    const place = this.spot ?? this.cursor;
    if (!place) return;
    const s = this.data.cube[1], pen = this.find("seen").getContext("2d"), { H, W } = this.clip;
    const image = pen.getImageData(0, 0, W, H), ring = (x, y) => { const k = (y * W + x) * 4; for (let c = 0; c < 3; c++) image.data[k + c] = image.data[k + 3] && image.data[k + c] > 127 ? 0 : 255; image.data[k + 3] = 255; };
    for (let d = 0; d < s; d++) { ring(s * place.x + d, s * place.y); ring(s * place.x + d, s * place.y + s - 1); ring(s * place.x, s * place.y + d); ring(s * place.x + s - 1, s * place.y + d); }
    pen.putImageData(image, 0, 0);
  }

  words() {
    const N = this.masked.length, seen = N - this.hidden, ratio = this.find("ratio");
    ratio.value = this.kind === "painted" ? Math.round((100 * this.hidden) / N) : this.ratio;
    ratio.setAttribute("aria-valuetext", `${ratio.value} percent hidden, the encoder sees ${seen} of ${N} cubes`);
    this.find("share").textContent = `${ratio.value} % · sees ${seen.toLocaleString("en")} of ${N.toLocaleString("en")}`;
    const waiting = this.box.classList.contains("waiting"), error = waiting ? null : this.mse();
    this.find("by").textContent = this.way === "model" ? "Filled in by the network" : `Filled in by the ${WAYS.find(([, way]) => way === this.way)[0]}`;
    this.find("wrong").textContent = error === null ? "Error where hidden" : `Squared error where hidden: ${error.toFixed(4)}`;
    for (const [name, text] of [["seen", `${this.data.alt}: what is visible. Click or drag to hide and show places; with the keyboard, arrows and Enter`], ["filled", `${this.data.alt}: holes filled in`], ["truth", this.data.alt], ["error", `${this.data.alt}: error of what was filled in`]]) this.find(name).setAttribute("aria-label", text);
  }

  read() {
    const out = this.find("readout"), place = this.spot ?? this.cursor;
    if (!place) { out.textContent = "Click or drag over the first picture to hide and show places yourself."; return; }
    const [, H, W] = this.grid, cube = (this.slice * H + place.y) * W + place.x;
    const sometime = Array.from({ length: this.grid[0] }, (_, t) => !this.masked[(t * H + place.y) * W + place.x]).some(Boolean);
    const leak = this.masked[cube] ? (sometime ? "hidden now, visible at another time" : "hidden at all times") : "visible";
    out.textContent = `cube ${cube}: slice ${this.slice}, place (${place.y}, ${place.x}), ${leak}`;
  }

  choices() {
    const kinds = this.kind === "painted" ? KINDS : KINDS.slice(0, 3);
    radios(this.find("kinds"), kinds, this.kind, (kind) => { this.kind = kind; this.change(); });
    radios(this.find("ways"), WAYS, this.way, (way) => { this.way = way; this.refresh(); });
  }

  get length() { return this.clip.T; }

  get pace() { return 1000 / this.clip.fps; }

  // ---- input ----------------------------------------------------------------------------------
  bind() {
    this.find("ratio").oninput = (event) => { if (this.kind === "painted") this.kind = "tube"; this.ratio = Number(event.target.value); this.change(); };
    this.find("another").onclick = () => { if (this.kind === "painted") this.kind = "tube"; this.seed = (this.seed + 1) % this.data.orders.length; this.change(); };
    const seen = this.find("seen");
    seen.onpointerdown = (event) => { if (!this.clip) return; seen.setPointerCapture(event.pointerId); this.stroke = { hide: !this.hiddenAt(this.at_(event)) }; this.brush(event); };
    seen.onpointermove = (event) => { if (!this.clip) return; event.buttons ? this.brush(event) : this.hover(this.at_(event)); };
    seen.onpointerleave = () => this.hover(null);
    seen.onkeydown = (event) => this.cursorKey(event);
    seen.onblur = () => { this.cursor = null; if (this.clip) this.draw(); };
  }

  at_(event) {
    const box = this.find("seen").getBoundingClientRect(), [, H, W] = this.grid;
    return { x: clamp(Math.floor(((event.clientX - box.left) / box.width) * W), 0, W - 1), y: clamp(Math.floor(((event.clientY - box.top) / box.height) * H), 0, H - 1) };
  }

  hiddenAt({ x, y }) { const [, H, W] = this.grid; return Boolean(this.masked[(this.slice * H + y) * W + x]); }

  brush(event) {
    const place = (this.spot = this.at_(event));
    this.pause();
    if (this.hiddenAt(place) !== this.stroke.hide) this.paint(place.y * this.grid[2] + place.x, this.stroke.hide);
  }

  hover(place) { if (place?.x === this.spot?.x && place?.y === this.spot?.y) return; this.spot = place; if (this.clip) this.draw(); }

  cursorKey(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key], [, H, W] = this.grid;
    if (step) {
      const { x, y } = this.cursor ?? { x: Math.floor(W / 2), y: Math.floor(H / 2) };
      this.cursor = { x: clamp(x + step[0], 0, W - 1), y: clamp(y + step[1], 0, H - 1) };
      this.draw();
    } else if ((event.key === "Enter" || event.key === " ") && this.cursor) this.paint(this.cursor.y * W + this.cursor.x, !this.hiddenAt(this.cursor));
    else return;
    event.preventDefault(); event.stopPropagation();
  }

  // ---- data out -------------------------------------------------------------------------------
  report() {
    if (!this.clip) return;
    clearTimeout(this.resting);
    const view = { t: this.playing ? this.told?.t ?? this.data.view.t : this.at, kind: this.kind, ratio: this.ratio, seed: this.seed, painted: this.kind === "painted" ? this.painted : "" };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, QUIET);
  }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let bench = benches.get(parentElement);
  if (!bench) benches.set(parentElement, (bench = new Bench(parentElement)));
  bench.show(data, setStateValue);
  return () => { bench.close(); benches.delete(parentElement); };
}
