// Two opinions and a weight between them: drag the weight, and see where the answer turns.
// The logits and the exact turning points come from the server; in between there is a softmax.

const REST = 250; // milliseconds of quiet before the server is told
const SHOWN = 4; // classes listed for each stream
const HUES = ["#6769db", "#de5746", "#0f9488", "#c27a00", "#b565a7", "#7b8494"];
const CURVE = 50; // pieces of a line that is not straight
const panels = new WeakMap(); // parentElement -> Fusion

const softmax = (logits) => {
  const top = Math.max(...logits), e = logits.map((v) => Math.exp(v - top)), sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};
const mix = (s, t, w) => s.map((v, k) => w * v + (1 - w) * t[k]);
const fuse = (asked, rule, w) => rule === "logits" ? softmax(mix(asked.spatial, asked.temporal, w)) : mix(softmax(asked.spatial), softmax(asked.temporal), w);
const percent = (p) => `${(100 * p).toFixed(p < 0.0995 && p >= 0.0005 ? 1 : 0)} %`;

class Fusion {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.weight = 50; this.question = null; this.rule = "answers";
    const slider = this.find("weight");
    slider.oninput = () => this.move(Number(slider.value));
    for (const box of [this.find("plot"), this.find("plane")]) {
      box.onpointerdown = (event) => { box.setPointerCapture(event.pointerId); this.drag(event, box); };
      box.onpointermove = (event) => { if (event.buttons) this.drag(event, box); };
    }
  }

  show(data, tell) {
    this.tell = tell;
    for (const name of ["weight", "question", "rule"]) {
      const value = data.view[name];
      if (value !== undefined && value !== this.data?.view[name] && value !== this.told?.[name]) this[name] = value;
    }
    this.data = data;
    if (!data.questions.some((q) => q.name === this.question)) this.question = data.questions[0].name;
    if (!["answers", "logits"].includes(this.rule)) this.rule = "answers";
    this.weight = Math.max(0, Math.min(100, this.weight));
    this.build();
  }

  get asked() { return this.data.questions.find((q) => q.name === this.question); }

  move(weight) { this.weight = Math.max(0, Math.min(100, Math.round(weight))); this.draw(); this.report(); }

  drag(event, part) {
    const box = part.getBoundingClientRect();
    this.move(((event.clientX - box.left) / box.width) * 100);
  }

  // ---- what stays while the weight moves --------------------------------------------------------
  build() {
    radios(this.find("questions"), this.data.questions.map((q) => [q.label, q.name]), this.question, (name) => { this.question = name; this.build(); this.report(); });
    radios(this.find("rules"), [["Average answers", "answers"], ["Average logits", "logits"]], this.rule, (name) => { this.rule = name; this.build(); this.report(); });
    this.colour();
    this.lines();
    this.strip();
    this.rivals();
    this.draw();
  }

  // The classes that win somewhere come first, then those either stream thinks of.
  colour() {
    const { stretches, spatial, temporal } = this.asked, s = softmax(spatial), t = softmax(temporal);
    const order = stretches[this.rule].map(([, , k]) => k);
    const likely = s.map((p, k) => k).sort((a, b) => Math.max(s[b], t[b]) - Math.max(s[a], t[a]));
    this.hue = {};
    [...new Set([...order, ...likely])].slice(0, HUES.length).forEach((k, n) => { this.hue[k] = HUES[n]; });
    this.winners = new Set(order);
  }

  lines() {
    const svg = this.find("plot").firstElementChild, pieces = this.rule === "logits" ? CURVE : 1, K = this.asked.labels.length;
    const rows = Array.from({ length: pieces + 1 }, (_, n) => fuse(this.asked, this.rule, n / pieces));
    svg.setAttribute("viewBox", "0 0 1 1");
    svg.setAttribute("aria-label", `Probability of each ${this.question} against the share of the spatial stream`);
    svg.replaceChildren(...Array.from({ length: K }, (_, k) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", rows.map((row, n) => `${n ? "L" : "M"}${n / pieces} ${1 - row[k]}`).join(""));
      if (this.winners.has(k)) { path.setAttribute("class", "leads"); path.style.setProperty("--hue", this.hue[k]); }
      return path;
    }));
    const names = [...this.winners].map((k) => {
      const right = rows[pieces][k] >= rows[0][k];
      const tag = Object.assign(document.createElement("span"), { textContent: this.asked.labels[k], className: right ? "right" : "left" });
      tag.style.top = `${100 * Math.min(0.94, Math.max(0.06, 1 - rows[right ? pieces : 0][k]))}%`;
      return tag;
    });
    this.find("names").replaceChildren(...names);
  }

  strip() {
    this.find("strip").replaceChildren(...this.asked.stretches[this.rule].map(([start, stop, k]) => {
      const part = Object.assign(document.createElement("span"), { textContent: this.asked.labels[k] });
      part.style.flex = `${stop - start} 1 0`;
      part.style.setProperty("--hue", this.hue[k] ?? HUES[5]);
      return part;
    }));
  }

  // Every other class as a dot: by how much each stream prefers to it what the temporal one says.
  rivals() {
    const values = this.rule === "logits" ? (v) => v : softmax, s = values(this.asked.spatial), t = values(this.asked.temporal);
    this.first = t.indexOf(Math.max(...t));
    const others = s.map((_, k) => k).filter((k) => k !== this.first);
    const most = (v) => Math.max(...others.map((k) => Math.abs(v[this.first] - v[k]))) / 0.85 || 1;
    this.reach = [most(s), most(t)];
    this.find("dots").replaceChildren(...others.map((k) => {
      const dot = document.createElement("span"), x = (s[this.first] - s[k]) / this.reach[0], y = (t[this.first] - t[k]) / this.reach[1];
      Object.assign(dot.style, { left: `${50 + 50 * x}%`, top: `${50 - 50 * y}%` });
      if (!this.winners.has(k)) { dot.className = "plain"; return dot; }
      dot.style.setProperty("--hue", this.hue[k]);
      dot.className = x > 0 ? "from-left" : "";
      dot.append(Object.assign(document.createElement("b"), { textContent: this.asked.labels[k] }));
      return dot;
    }));
  }

  // The boundary w x + (1 - w) y = 0 in that plane: it turns with the weight, and what it leaves on
  // the coloured side beats the first.
  boundary(w) {
    const across = w * this.reach[0], down = (1 - w) * this.reach[1], size = Math.hypot(across, down) || 1;
    const nx = across / size, ny = -down / size, far = 3; // SVG's y points down
    const line = this.find("plane").querySelector(".boundary"), ends = { x1: -far * ny, y1: far * nx, x2: far * ny, y2: -far * nx };
    for (const [name, value] of Object.entries(ends)) line.setAttribute(name, value);
    const corners = [[ends.x1, ends.y1], [ends.x2, ends.y2], [ends.x2 - far * nx, ends.y2 - far * ny], [ends.x1 - far * nx, ends.y1 - far * ny]];
    this.find("plane").querySelector("polygon").setAttribute("points", corners.map((at) => at.join(",")).join(" "));
    const first = this.asked.labels[this.first], p = fuse(this.asked, this.rule, w), ahead = p.filter((v) => v > p[this.first]).length;
    const beaten = ahead ? `${ahead} of them ${ahead > 1 ? "are" : "is"} on the coloured side and ahead of it.` : "None is on the coloured side: it wins.";
    this.find("turn").lastElementChild.textContent = `The boundary from above. Each dot is a rival of “${first}”: right, where the spatial stream prefers “${first}” to it; up, where the temporal one does. The weight turns the line. ${beaten}`;
    this.find("plane").firstElementChild.setAttribute("aria-label", `Rivals of ${first}: what the spatial stream prefers to the right, the temporal one upwards, and the boundary between. ${beaten}`);
  }

  // ---- what follows the weight ------------------------------------------------------------------
  draw() {
    const w = this.weight / 100, { labels, stretches } = this.asked, p = fuse(this.asked, this.rule, w);
    this.list("temporal", softmax(this.asked.temporal));
    this.list("fused", p);
    this.list("spatial", softmax(this.asked.spatial));
    this.find("handle").style.left = `${this.weight}%`;
    this.boundary(w);
    const slider = this.find("weight");
    slider.value = this.weight;
    const best = p.indexOf(Math.max(...p));
    slider.setAttribute("aria-valuetext", `${this.weight} percent spatial: ${labels[best]}, ${percent(p[best])}`);
    const turns = stretches[this.rule].slice(0, -1).map(([, stop]) => stop);
    const said = turns.length ? `The answer turns at ${turns.map((v) => percent(v)).join(", ")} spatial.` : "No weight changes the answer.";
    this.find("verdict").textContent = `${this.weight} % spatial, ${100 - this.weight} % temporal: ${labels[best]}, ${percent(p[best])}. ${said}`;
  }

  list(where, p) {
    const top = p.map((_, k) => k).sort((a, b) => p[b] - p[a]).slice(0, SHOWN), box = this.find(where).lastElementChild;
    if (box.children.length !== top.length) box.replaceChildren(...top.map(() => { const item = document.createElement("li"); item.innerHTML = "<i></i><b></b><span></span>"; return item; }));
    top.forEach((k, n) => {
      const item = box.children[n], [bar, name, value] = item.children;
      bar.style.width = `${100 * p[k]}%`;
      item.style.setProperty("--hue", this.hue[k] ?? HUES[5]);
      name.textContent = this.asked.labels[k];
      value.textContent = percent(p[k]);
      item.classList.toggle("truth", k === this.asked.truth);
    });
  }

  report() {
    clearTimeout(this.resting);
    const view = { weight: this.weight, question: this.question, rule: this.rule };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let panel = panels.get(parentElement);
  if (!panel) panels.set(parentElement, (panel = new Fusion(parentElement)));
  panel.show(data, setStateValue);
  return () => { clearTimeout(panel.resting); panels.delete(parentElement); };
}
