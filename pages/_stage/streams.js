// The flow stack: L fields as 2L channels of one image. Play, choose a channel, subtract the mean,
// and read all channels of one pixel, in the browser alone; the fields travel once.

const REST = 250; // milliseconds of quiet before the server is told
const COOL = [103, 105, 219], WARM = [222, 87, 70]; // below and above zero; both read on any ground
const stacks = new WeakMap(); // parentElement -> Stack

const signed = (v) => `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(2)}`;

class Stack extends ClipPlayer {
  constructor(parent) {
    super(parent, "streams");
    this.channel = 0; this.L = 10; this.mean = false; this.spot = null;
    this.bind();
    this.resizer = new ResizeObserver(() => this.chart());
    this.resizer.observe(this.box);
  }

  // ---- data in --------------------------------------------------------------------------------
  async show(data, tell) {
    this.tell = tell;
    const fresh = this.data?.flow.url !== data.flow.url;
    this.follow(data.view, this.data?.view ?? {});
    this.data = data;
    if (fresh) this.flow = null;
    try {
      const [pixels, flow] = await loadVolumes([data.clip, data.flow], () => { if (fresh && this.data === data) this.find("note").textContent = "Loading the flow…"; });
      if (this.data !== data || this.gone) return; // a newer call is under way
      this.clip = { ...data.clip, data: pixels };
      this.flow = flow;
    } catch (error) {
      this.find("note").textContent = `The flow could not be loaded (${error.message}). Reload the page.`;
      return;
    }
    this.find("note").textContent = "";
    this.build();
    if (fresh) this.spot = this.busiest();
    this.draw();
    if (fresh && data.autoplay && !calm() && !this.playing) this.play(true);
  }

  // Take over what the server changed; an echo of what this stage has told it is not a change.
  follow(view, before) {
    for (const [name, field] of [["t", "at"], ["fields", "L"], ["channel", "channel"], ["mean", "mean"]]) {
      if (name in view && view[name] !== before[name] && view[name] !== this.told?.[name]) this[field] = name === "mean" ? !!view[name] : view[name];
    }
  }

  get T() { return this.data.flow.T; }
  get last() { return this.T - this.L; }

  get ready() { return Boolean(this.flow); }

  get length() { return this.last + 1; }

  get pace() { return 1000 / Math.min(this.clip.fps, 12); } // slow enough to follow ten fields

  // Component c (0 is u, 1 is v) of pair t at a pixel, as the network would be given it.
  value(t, c, y, x) {
    const { H, W } = this.clip;
    return this.flow[((t * 2 + c) * H + y) * W + x] - (this.mean ? this.data.means[t][c] : 0);
  }

  // Where the stack begins to be read: the pixel, off the border, that moves most against the rest.
  busiest() {
    const { H, W } = this.clip, found = { x: W >> 1, y: H >> 1, most: -1 }, edge = Math.floor(Math.min(H, W) / 6);
    for (let y = edge; y < H - edge; y++) for (let x = edge; x < W - edge; x++) {
      let sum = 0;
      for (let k = 0; k < this.L && this.at + k < this.T; k++) {
        const t = this.at + k, [u, v] = this.data.means[t], at = (t * 2 * H + y) * W + x;
        sum += Math.hypot(this.flow[at] - u, this.flow[at + H * W] - v);
      }
      if (sum > found.most) Object.assign(found, { x, y, most: sum });
    }
    return { x: found.x, y: found.y };
  }

  // ---- the tiles ------------------------------------------------------------------------------
  build() {
    const { W, H } = this.clip, box = this.find("tiles"), fields = this.find("fields");
    this.L = clamp(this.L, 1, Math.min(this.data.most, this.T));
    this.at = clamp(this.at, 0, this.last);
    this.channel = clamp(this.channel, 0, 2 * this.L - 1);
    fields.max = Math.min(this.data.most, this.T); fields.value = this.L;
    this.find("scrub").max = this.last;
    this.find("mean").checked = this.mean;
    if (box.children.length !== this.L) box.replaceChildren(...Array.from({ length: this.L }, (_, k) => this.field(k)));
    for (const canvas of [this.find("frame"), this.find("large")]) {
      canvas.width = W; canvas.height = H;
      canvas.style.aspectRatio = `${W} / ${H}`;
    }
    this.find("frame").setAttribute("aria-label", this.data.alt);
    this.images = [];
  }

  field(k) {
    const item = document.createElement("div");
    item.className = "field";
    for (const c of [0, 1]) {
      const channel = 2 * k + c, tile = document.createElement("button"), canvas = document.createElement("canvas");
      tile.type = "button"; tile.className = "tile"; tile.setAttribute("role", "radio");
      canvas.width = this.clip.W; canvas.height = this.clip.H;
      tile.append(canvas, Object.assign(document.createElement("span"), { textContent: this.label(channel) }));
      tile.setAttribute("aria-label", `Channel ${channel + 1}: ${this.label(channel)}, ${c ? "down" : "right"}`);
      tile.onclick = () => { this.channel = channel; this.draw(); this.report(); };
      tile.onkeydown = (event) => this.walk(event, channel);
      item.append(tile);
    }
    return item;
  }

  label(channel) { return `${"uv"[channel % 2]}${(channel >> 1) + 1}`; }

  walk(event, channel) {
    const by = { ArrowRight: 2, ArrowLeft: -2, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault(); event.stopPropagation();
    this.channel = clamp(channel + by, 0, 2 * this.L - 1);
    this.draw(); this.report();
    this.tiles()[this.channel].focus();
  }

  tiles() { return this.find("tiles").querySelectorAll(".tile"); }

  // ---- drawing --------------------------------------------------------------------------------
  draw() {
    if (!this.flow) return;
    const { W, H, fps } = this.clip;
    this.picture = frameImage(this.clip, this.at, this.picture?.width === W && this.picture?.height === H ? this.picture : undefined);
    this.find("frame").getContext("2d").putImageData(this.picture, 0, 0);
    this.tiles().forEach((tile, channel) => {
      const image = this.paint(channel), on = channel === this.channel;
      tile.firstElementChild.getContext("2d").putImageData(image, 0, 0);
      tile.setAttribute("aria-checked", String(on));
      tile.tabIndex = on ? 0 : -1;
      if (on) this.find("large").getContext("2d").putImageData(image, 0, 0);
    });
    this.mark();
    const first = this.data.start + this.at, scrub = this.find("scrub");
    scrub.value = this.at;
    scrub.setAttribute("aria-valuetext", `frame ${first}`);
    this.find("count").textContent = `frames ${first} to ${first + this.L}`;
    this.find("channels").textContent = `${this.L} fields × 2 = ${2 * this.L} channels`;
    this.find("frame-name").textContent = `frame ${first} · ${(first / fps).toFixed(2)} s`;
    const k = this.channel >> 1, c = this.channel % 2, label = this.label(this.channel);
    this.find("large-name").textContent = `channel ${this.channel + 1} = ${label}: ${c ? "down" : "right"}, frame ${first + k} to ${first + k + 1}`;
    this.find("large").setAttribute("aria-label", `Channel ${label}, large: blue against, red along`);
    this.chart();
  }

  paint(channel) {
    const { W, H } = this.clip, n = W * H, t = this.at + (channel >> 1), c = channel % 2;
    const image = (this.images[channel] ??= new ImageData(W, H)), out = image.data, start = (t * 2 + c) * n;
    const shift = this.mean ? this.data.means[t][c] : 0, scale = 255 / (this.data.reach || 1);
    for (let i = 0, k = 0; i < n; i++, k += 4) {
      const v = (this.flow[start + i] - shift) * scale, ink = v < 0 ? COOL : WARM;
      out[k] = ink[0]; out[k + 1] = ink[1]; out[k + 2] = ink[2]; out[k + 3] = Math.min(255, v < 0 ? -v : v);
    }
    return image;
  }

  // A ring around the pixel that is read, on both large pictures.
  mark() {
    if (!this.spot) return;
    for (const ring of this.box.querySelectorAll(".ring")) {
      ring.style.left = `${((this.spot.x + 0.5) / this.clip.W) * 100}%`;
      ring.style.top = `${((this.spot.y + 0.5) / this.clip.H) * 100}%`;
    }
  }

  // All channels of one pixel: what one tap of a filter of the first layer is given.
  chart() {
    if (!this.flow || !this.spot) return;
    const canvas = this.find("chart"), wide = canvas.clientWidth || 200, high = Math.max(120, Math.min(this.find("frame").clientHeight || 160, 240));
    const pen = sized(canvas, wide, high), n = 2 * this.L, step = (wide - 8) / n, middle = high / 2 - 6, room = middle - 10;
    const reach = this.data.reach || 1, ink = getComputedStyle(this.box).color;
    pen.strokeStyle = ink; pen.globalAlpha = 0.4; pen.beginPath(); pen.moveTo(4, middle); pen.lineTo(wide - 4, middle); pen.stroke(); pen.globalAlpha = 1;
    const values = Array.from({ length: n }, (_, k) => this.value(this.at + (k >> 1), k % 2, this.spot.y, this.spot.x));
    values.forEach((v, k) => {
      const tall = clamp(v / reach, -1, 1) * room, [r, g, b] = v < 0 ? COOL : WARM;
      pen.fillStyle = `rgb(${r} ${g} ${b})`;
      pen.globalAlpha = k === this.channel ? 1 : 0.75;
      pen.fillRect(4 + k * step + 0.5, middle - Math.max(tall, 0), Math.max(1.5, step - 1.5), Math.max(1, Math.abs(tall)));
    });
    pen.globalAlpha = 1; pen.fillStyle = ink; pen.font = "10px sans-serif"; pen.textAlign = "center";
    values.forEach((_, k) => { if (step >= 20 || k % 2 === 0 && step >= 8 || k % 6 === 0) pen.fillText(this.label(k), 4 + (k + 0.5) * step, high - 3); });
    pen.textAlign = "left"; pen.fillText(`${reach.toFixed(1)} px`, 4, 10);
    const { x, y } = this.spot;
    canvas.setAttribute("aria-label", `All ${n} channels at pixel ${x}, ${y}`);
    this.find("readout").textContent = `(y, x) = (${y}, ${x}): ${this.label(this.channel)} = ${signed(values[this.channel])} px per frame`;
  }

  // ---- input ----------------------------------------------------------------------------------
  bind() {
    this.find("mean").onchange = (event) => { this.mean = event.target.checked; this.draw(); this.report(); };
    this.find("fields").oninput = (event) => { this.L = Number(event.target.value); if (this.flow) { this.build(); this.draw(); this.report(); } };
    for (const name of ["frame", "large"]) {
      const canvas = this.find(name);
      canvas.onpointermove = canvas.onpointerdown = (event) => this.read(event, canvas);
    }
  }

  read(event, canvas) {
    if (!this.flow) return;
    const box = canvas.getBoundingClientRect(), { W, H } = this.clip;
    this.spot = { x: clamp(Math.floor(((event.clientX - box.left) / box.width) * W), 0, W - 1), y: clamp(Math.floor(((event.clientY - box.top) / box.height) * H), 0, H - 1) };
    this.draw();
  }

  moves() {
    const m = () => { this.mean = !this.mean; this.build(); this.draw(); this.report(); };
    return { ...super.moves(), m };
  }

  // ---- data out -------------------------------------------------------------------------------
  report() {
    clearTimeout(this.resting);
    const view = { t: this.playing ? this.told?.t ?? null : this.at, fields: this.L, channel: this.channel, mean: Number(this.mean) };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { super.close(); this.resizer.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let stack = stacks.get(parentElement);
  if (!stack) stacks.set(parentElement, (stack = new Stack(parentElement)));
  stack.show(data, setStateValue);
  return () => { stack.close(); stacks.delete(parentElement); };
}
