// The attention explorer: point at a patch, see where it attends in every frame, in every scheme.
// All queries and keys are fetched once; what is drawn is computed here, for the query alone.

const REST = 250; // milliseconds of quiet before the server is told
const SHOWS = [["Weights", "weights"], ["Rollout", "rollout"], ["Pairs that exist", "pairs"]];
const VIEWS = [["both steps", "both"], ["along time", "time"], ["across the frame", "space"]];
const SIDE = 48; // pixels of the networks' input, the unit of the query's place in the link
const explorers = new WeakMap(); // parentElement -> Explorer

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
const percent = (v) => `${(100 * v).toFixed(v < 0.0995 ? 1 : 0)} %`;

class Explorer {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("explorer");
    this.query = { t: 0, y: 0, x: 0 }; this.show = "weights"; this.pinned = false; this.key = null; this.active = 0; this.picks = {};
    this.box.onkeydown = (event) => this.onKey(event);
    this.find("pin").onclick = () => this.pin(!this.pinned);
    this.pointer(this.find("clip"), null);
    this.resizer = new ResizeObserver(() => this.draw());
    this.resizer.observe(this.box);
  }

  // ---- data in --------------------------------------------------------------------------------
  async open(data, tell) {
    this.tell = tell;
    this.follow(data.view, this.data?.view ?? {});
    this.data = data;
    const names = data.rows.map((row) => row.name).join();
    if (this.names !== names) { this.names = names; this.find("rows").replaceChildren(...data.rows.map(() => this.element())); this.active = 0; this.key = null; }
    try {
      const late = () => { if (this.data === data) this.find("note").textContent = "Loading queries and keys…"; };
      const volumes = await loadVolumes([data.clip, ...data.rows.map((row) => row.volume ?? null)], late);
      if (this.data !== data || this.gone) return; // a newer call is under way
      this.clip = { ...data.clip, data: volumes[0] };
      this.rows = data.rows.map((row, k) => ({ ...row, values: volumes[k + 1] }));
    } catch (error) {
      this.find("note").textContent = `The attention could not be loaded (${error.message}). Reload the page.`;
      return;
    }
    this.find("note").textContent = "";
    this.tools();
    this.rows.forEach((row, k) => this.header(row, this.find("rows").children[k], k));
    this.draw();
  }

  // Take over what the server changed; an echo of what this explorer has told it is not a change.
  follow(view, before) {
    const changed = (name) => view[name] !== undefined && view[name] !== before[name] && view[name] !== this.told?.[name];
    for (const name of ["t", "y", "x"]) if (changed(name)) this.query[name] = view[name];
    if (changed("show")) this.show = SHOWS.some(([, s]) => s === view.show) ? view.show : "weights";
    if (changed("picks")) this.picks = this.parsed(view.picks);
  }

  // "track_joint:2:gate:both;joint:0:1:both" <-> what is picked in each row
  parsed(text) {
    const picks = {};
    for (const part of String(text).split(";")) {
      const [name, layer, head, view] = part.split(":");
      if (view && /^\d+$/.test(layer)) picks[name] = { layer: Number(layer), head, view };
    }
    return picks;
  }

  written() { return Object.entries(this.picks).map(([name, { layer, head, view }]) => `${name}:${layer}:${head}:${view}`).join(";"); }

  // What is picked in a row, mended where a link asks for what the row does not have.
  pick(row) {
    const asked = this.picks[row.name], layer = clamp(asked?.layer ?? row.opens, 0, row.layers.length - 1), of = row.layers[layer];
    const heads = this.heads(of).map(([, value]) => value), views = this.views(of).map(([, value]) => value);
    return { layer, head: heads.includes(asked?.head) ? asked.head : heads[0], view: views.includes(asked?.view) ? asked.view : "both" };
  }

  heads(layer) {
    const each = Array.from({ length: layer.steps[0].heads }, (_, h) => [`head ${h}`, String(h)]);
    return [...(layer.gate === null ? [] : [["as it mixes them", "gate"]]), ["mean of heads", "mean"], ...each];
  }

  views(layer) { return layer.steps.length > 1 ? VIEWS : VIEWS.slice(0, 1); }

  // ---- elements -------------------------------------------------------------------------------
  element() {
    const item = document.createElement("div");
    item.className = "row map";
    item.innerHTML = '<div class="head"><b></b><span class="tag"></span><small class="about"></small><div class="picks"></div></div><div class="body"><canvas role="img"></canvas><div class="says"></div></div>';
    return item;
  }

  header(row, item, k) {
    const tag = item.querySelector(".tag"), picks = item.querySelector(".picks");
    item.querySelector("b").textContent = row.label;
    tag.textContent = row.tag; tag.className = `tag ${row.objective}`;
    item.querySelector(".about").textContent = row.about;
    if (!row.values) {
      picks.replaceChildren();
      item.querySelector(".body").innerHTML = '<div class="error"></div>';
      item.querySelector(".error").textContent = row.error;
      return;
    }
    const { layer, head, view } = this.pick(row), of = row.layers[layer];
    const change = (name) => (value) => { this.picks[row.name] = { ...this.pick(row), [name]: name === "layer" ? Number(value) : value }; this.header(row, item, k); this.draw(); this.report(); };
    const menus = [
      this.menu(`Layer of ${row.label}`, row.layers.map((l, i) => [l.name, String(i)]), String(layer), change("layer")),
      this.menu(`Heads of ${row.label}`, this.heads(of), head, change("head")),
    ];
    if (of.steps.length > 1) menus.push(this.menu(`Steps of ${row.label}`, this.views(of), view, change("view")));
    picks.replaceChildren(...menus);
    picks.style.visibility = this.show === "rollout" ? "hidden" : "";
    this.pointer(item.querySelector("canvas"), k);
  }

  menu(label, options, chosen, pick) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", label);
    select.replaceChildren(...options.map(([text, value]) => new Option(text, value, false, value === chosen)));
    select.onchange = () => pick(select.value);
    return select;
  }

  tools() {
    const box = this.find("shows");
    if (!box.children.length) box.replaceChildren(...SHOWS.map(([label]) => Object.assign(document.createElement("button"), { type: "button", textContent: label })));
    SHOWS.forEach(([, value], k) => {
      const button = box.children[k], on = this.show === value;
      button.setAttribute("role", "radio"); button.setAttribute("aria-checked", String(on)); button.tabIndex = on ? 0 : -1;
      button.onclick = () => this.choose(value);
      button.onkeydown = (event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault(); event.stopPropagation();
        const next = (k + by + SHOWS.length) % SHOWS.length;
        this.choose(SHOWS[next][1]); box.children[next].focus();
      };
    });
  }

  choose(show) { this.show = show; this.tools(); this.rows?.forEach((row, k) => this.header(row, this.find("rows").children[k], k)); this.draw(); this.report(); }

  // ---- drawing --------------------------------------------------------------------------------
  // The query's patch in a row's own grid.
  patch(row, { y, x } = this.query) {
    const { R, C } = gridOf(row);
    return Math.floor(((y + 0.5) / SIDE) * R) * C + Math.floor(((x + 0.5) / SIDE) * C);
  }

  // The number, in the visitor's clip, of the frame that a slice of the strip or of a row stands for.
  frame({ columns }, t) { return this.data.at[columns[t]]; }

  get finest() { return Math.max(...this.rows.filter((r) => r.values).map((r) => r.grid[1]), 1); }

  // Read, then paint, then write: between them the page's layout is settled once, not once a row.
  draw() {
    if (!this.rows) return;
    const T = this.data.columns.length, items = [...this.find("rows").children], clip = this.find("clip");
    const ink = getComputedStyle(this.box).color, wide = clip.clientWidth || 300, widths = items.map((item) => item.querySelector("canvas")?.clientWidth || 300);
    this.query.t = clamp(this.query.t, 0, T - 1);
    const { t, y, x } = this.query, drawn = this.rows.map((row, k) => [row, items[k], k]).filter(([row]) => row.values);
    const place = { t, fy: (y + 0.5) / SIDE, fx: (x + 0.5) / SIDE, size: 1 / this.finest, label: (u) => `frame ${this.frame(this.data, u)}` };
    this.drawn = { clip: paintClip(clip, this.clip, this.data.columns, this.clip.fps, place, { width: wide, ink }) };
    for (const [row, item, k] of drawn) this.drawRow(row, k, item.querySelector("canvas"), { width: widths[k], ink });
    clip.setAttribute("aria-label", `${this.data.alt}. The query is at frame ${this.frame(this.data, t)}, row ${y}, column ${x} of ${SIDE} pixels.`);
    this.find("where").textContent = `query: frame ${this.frame(this.data, t)}, y ${y}, x ${x}${this.pinned ? " · pinned" : ""}`;
    for (const [row, item] of drawn) this.say(row, item);
    this.sums();
  }

  drawRow(row, k, canvas, { width, ink }) {
    const n = this.patch(row), { t } = this.query;
    const { layer, head, view } = this.pick(row), of = row.layers[layer], pairs = this.show === "pairs";
    row.weights = pairs ? reach(row, of, view, t, n) : this.show === "rollout" ? rolled(row, t, n) : layerWeights(row, of, view, head, t, n);
    const { N } = gridOf(row), best = row.weights.reduce((top, w, i) => (w > row.weights[top] ? i : top), 0);
    row.best = { t: Math.floor(best / N), n: best % N };
    const marks = [{ t, n, colour: QUERY }];
    if (!pairs) marks.push({ ...row.best, colour: BEST, dash: [4, 3] });
    if (this.key?.row === k) marks.push({ ...this.key, colour: "#fbbf24" });
    this.drawn[k] = paintMap(canvas, this.clip, row, row.columns, row.weights, marks, { width, ink, binary: pairs });
  }

  say(row, item) {
    const { layer, view } = this.pick(row), of = row.layers[layer], canvas = item.querySelector("canvas"), { C, N } = gridOf(row), { t, n } = row.best;
    this.says(row, item, this.show === "pairs" ? this.countsOf(row, of, view) : this.findings(row, of));
    canvas.dataset.best = `${t},${Math.floor(n / C)},${n % C}`;
    canvas.dataset.weight = row.weights[t * N + n].toFixed(5);
  }

  findings(row, of) {
    const { C, N } = gridOf(row), { t } = this.query, { best, weights } = row;
    let other = 0;
    for (let i = 0; i < weights.length; i++) if (Math.floor(i / N) !== t) other += weights[i];
    const top = weights[best.t * N + best.n];
    const text = `most: ${percent(top)} at frame ${this.frame(row, best.t)}, row ${Math.floor(best.n / C)}, column ${best.n % C} · ${(top * weights.length).toFixed(1)} × an even share · other frames ${percent(other)}`;
    const colours = row.objective === "copy" && of.gate !== null && this.show === "weights" ? [this.colour(row, weights), this.colour(row, null)] : null;
    return { text, colours };
  }

  countsOf(row, of, view) {
    const { query, all } = pairCounts(row, of, view), { T, N } = gridOf(row);
    return { text: `this query scores ${query.toLocaleString("en")} keys of ${(T * N).toLocaleString("en")} · the layer ${all.toLocaleString("en")} pairs a head${row.scheme === "divided" && view === "both" ? " · pale: reached in two steps" : row.layers[this.pick(row).layer].steps[0].pattern === "frames" ? " · pale: only as a whole frame" : ""}`, colours: null };
  }

  says(row, item, { text, colours }) {
    const box = item.querySelector(".says"), hot = this.data.hot;
    box.replaceChildren(document.createTextNode(text));
    if (colours) {
      const span = document.createElement("span");
      span.append("copied colour ", this.swatch(colours[0]), " true ", this.swatch(colours[1]));
      box.append(span);
    }
    if (hot && this.show === "weights") box.append(Object.assign(document.createElement("b"), { className: "verdict", textContent: this.verdict(row, hot) }));
    item.querySelector("canvas").setAttribute("aria-label", `${row.label}: ${text}`);
  }

  // The self-test: a scheme that can reach the hot patch from here must put its weight on it.
  verdict(row, hot) {
    const { C, N } = gridOf(row), i = hot[0] * N + hot[1] * C + hot[2], of = row.layers[this.pick(row).layer], view = this.pick(row).view;
    if (!reach(row, of, view, this.query.t, this.patch(row))[i]) return "cannot reach the hot patch from here";
    return row.best.t * N + row.best.n === i ? "✓ points at the hot patch" : "✗ WRONG PATCH";
  }

  swatch([r, g, b]) { const box = document.createElement("span"); box.className = "swatch"; box.style.background = `rgb(${r},${g},${b})`; return box; }

  // Mean colour of the query's patch, or of all patches as a map weighs them.
  colour(row, weights) {
    row.colours ??= this.colours(row);
    const { N } = gridOf(row), sum = [0, 0, 0];
    if (!weights) return row.colours[this.query.t * N + this.patch(row)];
    for (let i = 0; i < weights.length; i++) for (let c = 0; c < 3; c++) sum[c] += weights[i] * row.colours[i][c];
    return sum.map(Math.round);
  }

  colours(row) {
    const { T, R, C } = gridOf(row), { W, H, data } = this.clip, out = [];
    for (let t = 0; t < T; t++) for (let r = 0; r < R; r++) for (let c = 0; c < C; c++) {
      const sum = [0, 0, 0], [y0, y1, x0, x1] = [(r * H) / R, ((r + 1) * H) / R, (c * W) / C, ((c + 1) * W) / C].map(Math.round);
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) for (let k = 0; k < 3; k++) sum[k] += data[((row.columns[t] * H + y) * W + x) * 3 + k];
      out.push(sum.map((s) => Math.round(s / ((y1 - y0) * (x1 - x0)))));
    }
    return out;
  }

  // ---- down to the arithmetic -----------------------------------------------------------------
  sums() {
    const box = this.find("sums"), row = this.rows[this.active]?.values ? this.rows[this.active] : this.rows.find((r) => r.values);
    if (!row || this.show !== "weights") { box.replaceChildren(); return; }
    const k = this.rows.indexOf(row), key = this.key?.row === k ? this.key : row.best, n = this.patch(row), { t } = this.query;
    const pick = this.pick(row), of = row.layers[pick.layer], steps = chosenSteps(of, pick.view), { C, N } = gridOf(row);
    const total = row.weights[key.t * N + key.n], name = (u, m) => `(${u}, ${Math.floor(m / C)}, ${m % C})`;
    const parts = [this.text("h4", `${row.label}, ${of.name}: from ${name(t, n)} to ${name(key.t, key.n)}`)];
    const by = shares(row, of, pick.head, t, n);
    if (steps.length === 1) parts.push(...this.lines(row, steps[0], t, n, key.t, key.n, by));
    else {
      const time = steps.find((s) => s.pattern === "time"), across = steps.find((s) => s !== time);
      parts.push(...this.lines(row, across, t, n, t, key.n, by, "across the frame"), ...this.lines(row, time, t, key.n, key.t, key.n, of.paired ? by : by.map(() => 1 / by.length), "along time, from there"));
    }
    parts.push(this.text("div", `${steps.length > 1 ? "the two multiplied, " : ""}${this.headText(pick.head)}: weight ${total.toFixed(4)} = ${percent(total)}`, "total"));
    box.replaceChildren(...parts);
  }

  headText(head) { return { gate: "heads mixed by the gate", mean: "mean over heads" }[head] ?? `head ${head}`; }

  text(tag, words, name = "") { const e = document.createElement(tag); e.className = name; e.textContent = words; return e; }

  // For each head: q, k and their products as colours, and the way from their sum to the weight.
  lines(row, step, t, n, u, m, by, title = "") {
    const list = document.createElement("div"), keys = keysOf(row, step, t, n), index = keys.findIndex(([a, b]) => a === u && (b === m || step.pattern === "frames"));
    list.className = "lines";
    for (let h = 0; h < step.heads; h++) {
      const q = at(row, step, step.q, h, t, n), k = at(row, step, step.k, h, u, m), root = Math.sqrt(step.d);
      const vectors = [row.values.subarray(q, q + step.d), row.values.subarray(k, k + step.d)], product = vectors[0].map((v, i) => v * vectors[1][i]);
      const scores = keys.map(([a, b]) => dot(row, step, h, t, n, a, b) / root), sum = product.reduce((a, b) => a + b, 0);
      const weight = index < 0 ? null : softmax(scores)[index], line = document.createElement("div");
      line.className = `line${by[h] ? "" : " off"}`;
      const equation = weight === null ? "no such pair in this step" :
        `q·k = ${fixed(sum)}  → /√${step.d} = ${fixed(sum / root)}  → e^ / Σ over ${keys.length} keys = ${weight.toFixed(4)}${by[h] && by[h] !== 1 ? `  (× ${by[h].toFixed(2)})` : ""}`;
      line.append(this.text("span", `head ${h}`), this.strips({ q: vectors[0], k: vectors[1], "×": product }), this.text("span", equation, "equation"));
      list.append(line);
    }
    return [this.text("div", `${title ? `${title}: ` : ""}${step.tensor}`, "tensor"), list];
  }

  strips(vectors) {
    const box = document.createElement("div");
    box.className = "strips";
    for (const [name, values] of Object.entries(vectors)) {
      const cells = document.createElement("div"), top = Math.max(...values.map(Math.abs), 1e-9);
      cells.className = "cells";
      for (const v of values) {
        const cell = document.createElement("i");
        cell.style.setProperty("--hue", v < 0 ? "#3b82f6" : "#e8734a"); cell.style.setProperty("--much", `${Math.round((100 * Math.abs(v)) / top)}%`);
        cell.title = fixed(v, 3);
        cells.append(cell);
      }
      box.append(this.text("span", name), cells);
    }
    return box;
  }

  // ---- input ----------------------------------------------------------------------------------
  pointer(canvas, k) {
    const spot = (event) => {
      const drawn = this.drawn?.[k ?? "clip"];
      if (!drawn) return null;
      const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top, { side, cells } = drawn;
      const t = cells.findIndex(({ x, y }) => px >= x && px < x + side && py >= y && py < y + side);
      return t < 0 ? null : { t, y: Math.floor(((py - cells[t].y) / side) * SIDE), x: Math.floor(((px - cells[t].x) / side) * SIDE) };
    };
    const go = (event, down) => {
      const here = spot(event);
      if (!here) return;
      if (k !== null) this.active = k;
      if (this.pinned && !down) { if (k !== null) { this.key = { row: k, t: here.t, n: this.patch(this.rows[k], here) }; this.soon(); } return; }
      this.move(here);
    };
    canvas.onpointermove = (event) => { if (event.pointerType === "mouse" || event.buttons) go(event, false); };
    canvas.onpointerdown = (event) => { go(event, true); if (spot(event)) this.pin(event.pointerType === "mouse" ? true : this.pinned); };
    canvas.onpointerleave = () => { if (this.key) { this.key = null; this.soon(); } };
  }

  move(to) { this.query = { ...this.query, ...to }; this.key = null; this.soon(); this.report(); }

  soon() { if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.draw(); }); }

  pin(on) {
    this.pinned = on;
    const button = this.find("pin");
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "Unpin: follow the pointer" : "Pin the query";
    if (!on) this.key = null;
    this.draw();
  }

  onKey(event) {
    if (event.target !== this.box || !this.rows) return;
    const step = SIDE / this.finest, T = this.data.columns.length, { t, y, x } = this.query;
    const by = (dy, dx) => ({ y: clamp(y + dy * step, 0, SIDE - 1), x: clamp(x + dx * step, 0, SIDE - 1) });
    const moves = {
      ArrowUp: () => this.move(by(-1, 0)), ArrowDown: () => this.move(by(1, 0)), ArrowLeft: () => this.move(by(0, -1)), ArrowRight: () => this.move(by(0, 1)),
      PageUp: () => this.move({ t: clamp(t - 1, 0, T - 1) }), PageDown: () => this.move({ t: clamp(t + 1, 0, T - 1) }),
      "[": () => this.move({ t: clamp(t - 1, 0, T - 1) }), "]": () => this.move({ t: clamp(t + 1, 0, T - 1) }),
      Home: () => this.move({ t: 0 }), End: () => this.move({ t: T - 1 }),
      Enter: () => this.pin(!this.pinned), " ": () => this.pin(!this.pinned), Escape: () => this.pin(false),
    };
    if (moves[event.key]) { event.preventDefault(); moves[event.key](); }
  }

  // ---- data out -------------------------------------------------------------------------------
  report() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const view = { ...this.query, show: this.show, picks: this.written() };
      const first = this.find("rows").querySelector(".says");
      this.find("status").textContent = `Query at frame ${this.frame(this.data, view.t)}, row ${view.y}, column ${view.x}. ${first?.textContent ?? ""}`;
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { this.gone = true; clearTimeout(this.resting); cancelAnimationFrame(this.asked); this.resizer.disconnect(); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let explorer = explorers.get(parentElement);
  if (!explorer) explorers.set(parentElement, (explorer = new Explorer(parentElement)));
  explorer.open(data, setStateValue);
  return () => { explorer.close(); explorers.delete(parentElement); };
}
