// Two clocks on one timeline: every screen shows what a pathway knows at the playhead, the last
// frame it was given. Sampling is done here as `vidcore.sampling.slowfast` does it, so that the
// sliders answer at once; a browser test holds the two side by side.

const REST = 250; // milliseconds of quiet before the server is told
const SPEEDS = [["¼×", 0.25], ["½×", 0.5], ["1×", 1]];
const KNOBS = ["slow", "alpha", "tau", "start"];
const ROWS = { slow: 52, ticks: 14, fast: 26 }; // CSS pixels: Slow is wide, Fast is thin
const mounted = new WeakMap(); // parentElement -> Clocks

const numbers = (n) => Array.from({ length: n }, (_, k) => k);

// Which raw frames each pathway is given: Fast at tau / alpha, Slow a truncated linspace of Fast's.
function sample(n, { slow, alpha, tau, start }) {
  const first = clamp(start, 0, Math.max(0, n - slow * tau)), count = slow * alpha;
  const fast = numbers(count).map((i) => Math.min(first + (tau / alpha) * i, n - 1));
  const step = slow > 1 ? (count - 1) / (slow - 1) : 0;
  const taken = numbers(slow).map((k) => (k === slow - 1 && slow > 1 ? count - 1 : Math.trunc(k * step)));
  return { first, fast, slow: taken.map((i) => fast[i]) };
}

// How many frames a pathway has been given at time t; it shows the last of them.
const given = (indices, t) => { let k = 0; while (k < indices.length && indices[k] <= t) k++; return k; };

class Clocks extends ClipPlayer {
  constructor(parent) {
    super(parent, "clocks");
    this.speed = 0.5; this.screens = [];
    this.bind();
    this.resizer = new ResizeObserver(() => this.layout());
    this.resizer.observe(this.box);
  }

  // ---- data in --------------------------------------------------------------------------------
  async show(data, tell) {
    this.tell = tell;
    const fresh = this.data?.screens[0].clip.url !== data.screens[0].clip.url;
    this.follow(data.view, this.data?.view ?? {});
    this.data = data;
    try {
      const wanted = data.screens.flatMap((s) => (s.layer ? [s.clip, s.layer] : [s.clip]));
      const volumes = await loadVolumes(wanted, () => { if (fresh && this.data === data) this.note("Loading the clip…"); });
      const arrays = new Map(wanted.map((spec, k) => [spec.url, volumes[k]]));
      if (this.data !== data || this.gone) return; // a newer call is under way
      this.screens = data.screens.map((s) => ({
        ...s, clip: { ...s.clip, data: arrays.get(s.clip.url) },
        layer: s.layer && { ...s.layer, data: arrays.get(s.layer.url) },
      }));
    } catch (error) {
      this.note(`The clip could not be loaded (${error.message}). Reload the page.`);
      return;
    }
    this.note("");
    this.furnish();
    this.resample();
    if (fresh && data.autoplay && !calm() && !this.playing) this.play(true);
  }

  // Take over what the server changed; an echo of what this stage has told it is not a change.
  follow(view, before) {
    for (const [name, field] of [["t", "at"], ...KNOBS.map((knob) => [knob, knob])]) {
      if (name in view && view[name] !== before[name] && view[name] !== this.told?.[name]) this[field] = view[name];
    }
  }

  note(text) { this.find("note").textContent = text; }

  get clip() { return this.screens[0].clip; }
  get T() { return this.clip.T; }

  // ---- the screens ----------------------------------------------------------------------------
  furnish() {
    const box = this.find("screens");
    while (box.children.length > this.screens.length) box.lastChild.remove();
    while (box.children.length < this.screens.length) {
      const figure = document.createElement("figure");
      figure.innerHTML = '<figcaption><canvas class="dial" width="60" height="60" aria-hidden="true"></canvas><span><span class="title"></span><small></small></span></figcaption><div class="frame"><canvas class="picture" role="img"></canvas></div>';
      box.append(figure);
    }
    this.screens.forEach((screen, k) => {
      const figure = box.children[k], find = (name) => figure.querySelector(name);
      Object.assign(screen, { picture: find(".picture"), dial: find(".dial"), says: find("small") });
      find(".title").textContent = screen.title;
      find(".frame").style.setProperty("--pathway", this.data.colours[screen.pathway]);
      screen.picture.setAttribute("aria-label", screen.alt);
      screen.picture.width = screen.clip.W; screen.picture.height = screen.clip.H;
    });
    this.find("knobs").hidden = this.find("presets").hidden = this.find("facts").hidden = !this.data.knobs;
    this.presets(); this.speeds();
  }

  presets() {
    const box = this.find("presets");
    box.replaceChildren(...this.data.presets.map((preset) => {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = preset.label;
      button.onclick = () => { Object.assign(this, preset.view); this.resample(); this.report(); };
      return button;
    }));
  }

  speeds() {
    const box = this.find("speeds");
    box.replaceChildren(...SPEEDS.map(([label, speed]) => {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = label;
      button.setAttribute("role", "radio"); button.setAttribute("aria-checked", String(speed === this.speed));
      button.onclick = () => { this.speed = speed; this.speeds(); };
      return button;
    }));
  }

  // ---- the sampling ---------------------------------------------------------------------------
  resample() {
    if (!this.screens.length) return;
    const { alphas } = this.data, T = this.T;
    this.slow = clamp(this.slow, 1, 16);
    this.alpha = alphas.includes(this.alpha) ? this.alpha : alphas[0];
    const longest = Math.max(this.alpha, Math.floor(64 / this.alpha) * this.alpha);
    this.tau = clamp(Math.round(this.tau / this.alpha) * this.alpha, this.alpha, longest);
    this.start = clamp(this.start, 0, Math.max(0, T - 1));
    this.seen = sample(T, this);
    this.set("slow", { value: this.slow }, this.slow);
    this.set("alpha", { max: alphas.length - 1, value: alphas.indexOf(this.alpha) }, this.alpha);
    this.set("tau", { min: this.alpha, max: longest, step: this.alpha, value: this.tau }, this.tau);
    this.set("start", { max: Math.max(0, T - this.slow * this.tau), value: this.seen.first }, this.seen.first);
    this.find("start").disabled = T <= this.slow * this.tau;
    this.facts();
    [...this.find("presets").children].forEach((button, k) => {
      const same = ["slow", "alpha", "tau"].every((knob) => this.data.presets[k].view[knob] === this[knob]);
      button.setAttribute("aria-pressed", String(same));
    });
    this.layout();
  }

  set(name, values, text) {
    const input = this.find(name);
    for (const [key, value] of Object.entries(values)) input[key] = value;
    input.setAttribute("aria-valuetext", String(text));
    input.nextElementSibling.textContent = text;
  }

  facts() {
    const { slow, alpha, tau } = this, fps = this.clip.fps, raw = slow * tau, step = tau / alpha;
    const rate = (stride) => `${(fps / stride).toPrecision(3).replace(/\.?0+$/, "")} a second`;
    const repeats = Math.max(0, this.seen.fast.filter((f, i, all) => i && f === all[i - 1]).length);
    const rows = [
      ["Slow sees", `${slow} frames`, `one in ${tau}: ${rate(tau)}`],
      ["Fast sees", `${slow * alpha} frames`, `${step === 1 ? "every one" : `one in ${step}`}: ${rate(step)}`],
      ["The raw clip", `${raw} frames`, `${(raw / fps).toFixed(2)} s of ${(this.T / fps).toFixed(2)} s`],
    ];
    if (repeats) rows.push(["The clip ends first", `${repeats} repeats`, "of its last frame, for Fast"]);
    this.find("facts").innerHTML = rows.map(([dt, dd, small]) => `<div><dt>${dt}</dt><dd>${dd} <small>${small}</small></dd></div>`).join("");
  }

  get ready() { return Boolean(this.seen); }

  get length() { return this.T; }

  get pace() { return 1000 / (this.clip.fps * this.speed); }

  // ---- drawing --------------------------------------------------------------------------------
  layout() {
    if (!this.seen) return;
    this.at = clamp(this.at, 0, this.T - 1);
    this.find("scrub").max = this.T - 1;
    for (const { picture, clip } of this.screens) {
      const room = picture.parentElement.clientWidth, scale = Math.min(room / clip.W, this.data.tallest / clip.H);
      picture.style.width = `${Math.floor(clip.W * scale)}px`; picture.style.height = `${Math.floor(clip.H * scale)}px`;
    }
    this.rule = this.paintTimeline();
    this.draw();
  }

  draw() {
    for (const screen of this.screens) this.drawScreen(screen);
    const { scrub, count } = { scrub: this.find("scrub"), count: this.find("count") }, fps = this.clip.fps;
    scrub.value = this.at;
    scrub.setAttribute("aria-valuetext", `raw frame ${this.at} of ${this.T}, ${(this.at / fps).toFixed(2)} seconds`);
    count.textContent = `t = ${this.at} / ${this.T - 1} · ${(this.at / fps).toFixed(2)} s`;
    this.playhead();
  }

  drawScreen(screen) {
    const { clip, layer, pathway, picture } = screen, indices = this.seen[pathway], k = given(indices, this.at);
    const t = indices[Math.max(0, k - 1)], pen = picture.getContext("2d");
    screen.image = layer ? heatImage(layer, t, clip.W, clip.H, screen.image) : frameImage(clip, t, screen.image);
    pen.putImageData(screen.image, 0, 0);
    if (!k) { pen.fillStyle = "rgba(128, 128, 128, 0.65)"; pen.fillRect(0, 0, clip.W, clip.H); } // nothing yet
    screen.says.textContent = k ? `frame ${t} · ${k}/${indices.length}` : `nothing yet · 0/${indices.length}`;
    this.drawDial(screen.dial, k / indices.length, this.data.colours[pathway], k && t === this.at);
  }

  // The hand turns once per clip, in as many jumps as the pathway is given frames; it is full at a jump.
  drawDial(canvas, turn, colour, now) {
    const pen = canvas.getContext("2d"), angle = 2 * Math.PI * turn - Math.PI / 2;
    pen.clearRect(0, 0, 60, 60);
    pen.strokeStyle = pen.fillStyle = colour; pen.lineWidth = 4; pen.lineCap = "round";
    pen.globalAlpha = now ? 0.45 : 0.15; pen.beginPath(); pen.arc(30, 30, 26, 0, 2 * Math.PI); pen.fill(); pen.globalAlpha = 1;
    pen.beginPath(); pen.arc(30, 30, 26, 0, 2 * Math.PI); pen.stroke();
    pen.beginPath(); pen.moveTo(30, 30); pen.lineTo(30 + 19 * Math.cos(angle), 30 + 19 * Math.sin(angle)); pen.stroke();
  }

  // Slow's frames above the raw ticks, Fast's below: each where it is given, as wide as it is the last.
  paintTimeline() {
    const canvas = this.find("timeline"), width = this.box.clientWidth, { colours } = this.data, { T } = this;
    const total = ROWS.slow + ROWS.ticks + ROWS.fast, pen = sized(canvas, width, total), ink = getComputedStyle(this.box).color;
    const x = (t) => (t / T) * width, end = Math.min(T, this.seen.first + this.slow * this.tau);
    pen.fillStyle = ink; pen.globalAlpha = 0.3;
    const every = Math.max(1, Math.ceil((T * 3) / width));
    for (let t = 0; t < T; t += every) pen.fillRect(x(t), ROWS.slow + 4, 1, 6);
    pen.globalAlpha = 0.2; // what lies outside the raw clip is seen by nobody
    const wide = Math.max(24, (ROWS.slow * this.clip.W) / this.clip.H), outside = [[0, x(this.seen.first)], [x(end), width]];
    for (const [from, to] of outside) {
      for (let left = from; to - left > 4; left += wide) this.paintCell(pen, Math.floor((left / width) * T), left, Math.min(wide, to - left), 0, ROWS.slow);
    }
    pen.globalAlpha = 1;
    for (const [name, top, high] of [["slow", 0, ROWS.slow], ["fast", ROWS.slow + ROWS.ticks, ROWS.fast]]) {
      const indices = [...new Set(this.seen[name])];
      indices.forEach((t, k) => this.paintFrame(pen, t, x(t), x(indices[k + 1] ?? Math.max(end, t + 1)), top, high, colours[name]));
    }
    pen.fillStyle = ink; pen.font = "10px sans-serif"; pen.textBaseline = "middle";
    const label = "Slow ↑  Fast ↓", middle = ROWS.slow + ROWS.ticks / 2;
    pen.clearRect(0, ROWS.slow + 1, pen.measureText(label).width + 6, ROWS.ticks - 2); pen.fillText(label, 1, middle);
    canvas.setAttribute("aria-label", `Slow is given frames ${this.seen.slow.join(", ")}; Fast is given frames ${this.seen.fast.join(", ")}`);
    return { canvas, still: pen.getImageData(0, 0, canvas.width, canvas.height), width, total, x };
  }

  paintFrame(pen, t, left, right, top, high, colour) {
    const wide = right - left;
    pen.fillStyle = colour; pen.globalAlpha = 0.28; pen.fillRect(left, top, wide - 1, high); pen.globalAlpha = 1;
    if (wide > 3) this.paintCell(pen, t, left, wide, top, high);
    pen.fillRect(left, top, 2, high);
  }

  // A frame at its own shape, at the left of its cell; a narrow cell shows the middle of it.
  paintCell(pen, t, left, wide, top, high) {
    const { clip } = this, full = (high * clip.W) / clip.H, shown = Math.min(wide - 1, full), part = (shown / full) * clip.W;
    pen.drawImage(stamp(clip, t), (clip.W - part) / 2, 0, part, clip.H, left, top, shown, high);
  }

  playhead() {
    const { canvas, still, total, x } = this.rule, pen = canvas.getContext("2d");
    pen.putImageData(still, 0, 0);
    const middle = x(this.at + 0.5), style = getComputedStyle(this.box);
    pen.fillStyle = style.getPropertyValue("--st-background-color"); pen.fillRect(middle - 2.5, 0, 5, total);
    pen.fillStyle = style.getPropertyValue("--accent") || style.color; pen.fillRect(middle - 1.5, 0, 3, total);
  }

  // ---- input ----------------------------------------------------------------------------------
  bind() {
    for (const knob of KNOBS) {
      this.find(knob).oninput = (event) => {
        const value = Number(event.target.value);
        this[knob] = knob === "alpha" ? this.data.alphas[value] : value;
        this.resample(); this.report();
      };
    }
    const line = this.find("timeline"), seek = (event) => {
      const box = line.getBoundingClientRect();
      this.seek(Math.floor(((event.clientX - box.left) / box.width) * this.T));
    };
    line.onpointerdown = (event) => { if (!this.seen) return; line.setPointerCapture(event.pointerId); seek(event); };
    line.onpointermove = (event) => { if (this.seen && event.buttons > 0) seek(event); };
  }

  // ---- data out -------------------------------------------------------------------------------
  report() {
    clearTimeout(this.resting);
    const view = { t: this.playing ? this.told?.t ?? null : this.at, slow: this.slow, alpha: this.alpha, tau: this.tau, start: this.seen.first };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { super.close(); this.resizer.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let clocks = mounted.get(parentElement);
  if (!clocks) mounted.set(parentElement, (clocks = new Clocks(parentElement)));
  clocks.show(data, setStateValue);
  return () => { clocks.close(); mounted.delete(parentElement); };
}
