// Clips against captions, all pairs at once: cosines, softmax of rows and columns, and the loss.

const REST = 300; // milliseconds of quiet before the server is told
const COLDEST = 0.01, WARMEST = 1; // the slider's ends, in equal ratios
const boards = new WeakMap(); // parentElement -> Board

const toTemperature = (at) => COLDEST * (WARMEST / COLDEST) ** (at / 100);
const toSlider = (tau) => Math.round((100 * Math.log(tau / COLDEST)) / Math.log(WARMEST / COLDEST));
const transpose = (S) => S[0].map((_, j) => S.map((row) => row[j]));
const percent = (p) => (p < 0.0005 ? "0" : p < 0.0995 ? (100 * p).toFixed(1) : (100 * p).toFixed(0));

const logSoftmax = (row) => {
  const top = Math.max(...row), sum = Math.log(row.reduce((a, v) => a + Math.exp(v - top), 0));
  return row.map((v) => v - top - sum);
};
// Cross-entropy of each row against all that fits, evenly; as vidcore/alignment/contrast.py.
const rowLosses = (logP, fits) => logP.map((row, i) => {
  const count = fits[i].reduce((a, f) => a + f, 0);
  return -row.reduce((a, v, j) => a + (fits[i][j] ? v / count : 0), 0);
});
const mean = (x) => x.reduce((a, v) => a + v, 0) / x.length;
// How a step down the loss moves each score, for one pair: target - p, of rows and columns, halved.
const lacking = (logP, fits) => logP.map((row, i) => {
  const count = fits[i].reduce((a, f) => a + f, 0);
  return row.map((v, j) => (fits[i][j] ? 1 / count : 0) - Math.exp(v));
});
// All that the board shows, of similarities S at temperature tau.
function contrast(S, fits, tau) {
  const scaled = S.map((row) => row.map((v) => v / tau));
  const rows = scaled.map(logSoftmax), columns = transpose(scaled).map(logSoftmax);
  const rowLoss = rowLosses(rows, fits), columnLoss = rowLosses(columns, transpose(fits));
  const up = lacking(rows, fits), across = transpose(lacking(columns, transpose(fits)));
  const pull = up.map((row, i) => row.map((v, j) => (v + across[i][j]) / 2));
  return { rows, columns: transpose(columns), pull, rowLoss, columnLoss, loss: (mean(rowLoss) + mean(columnLoss)) / 2 };
}

const short = (v) => fixed(v).replace("0.", "."); // .25: a cell is narrow
const signed = (v) => (Math.abs(v) < 0.005 ? "0" : `${v > 0 ? "+" : ""}${short(v)}`);

class Board {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.find("temperature").oninput = (event) => { this.at = Number(event.target.value); this.draw(); this.report(); };
  }

  show(data, tell) {
    this.tell = tell;
    const before = this.data;
    for (const name of ["set", "cells", "rule", "at"]) { // "at" -1: the temperature as learned
      const value = data.view[name];
      if (value !== undefined && value !== before?.view[name] && value !== this.told?.[name]) this[name] = value;
    }
    this.data = data;
    if (!data.sets.some((s) => s.name === this.set)) this.set = data.sets[0].name;
    if (!["cosine", "rows", "columns", "pull"].includes(this.cells) || !data.loss) this.cells = "cosine";
    if (!["all", "own"].includes(this.rule)) this.rule = "all";
    if (!Number.isInteger(this.at) || this.at < 0 || this.at > 100) this.at = toSlider(data.temperature);
    if (before?.clip.url !== data.clip.url || before?.key !== data.key) this.build();
    this.bars(); this.draw();
  }

  get chosen() { return this.data.sets.find((s) => s.name === this.set); }
  get tau() { return this.at === toSlider(this.data.temperature) ? this.data.temperature : toTemperature(this.at); }
  get fits() { return this.rule === "all" ? this.data.fits : this.data.fits.map((row, i) => row.map((_, j) => i === j)); }

  bars() {
    const { data } = this;
    const turn = (name) => (value) => { this[name] = value; this.bars(); this.draw(); this.report(); };
    this.offer("sets", data.sets.map((s) => [s.label, s.name]), this.set, turn("set"));
    this.offer("views", data.loss ? [["Cosine", "cosine"], ["Softmax of each row", "rows"], ["Softmax of each column", "columns"], ["Where the loss pulls", "pull"]] : [], this.cells, turn("cells"));
    this.offer("rules", data.loss ? [["All that fits is right", "all"], ["Only its own partner is right", "own"]] : [], this.rule, turn("rule"));
    this.find("warm").hidden = !data.loss;
    this.find("warm-name").textContent = "Temperature";
  }

  // ---- what stays while values change -----------------------------------------------------------
  build() {
    const { data } = this, N = data.captions.length, grid = this.find("grid");
    this.thumbs?.close();
    this.thumbs = new Thumbs(data.clip, data.moments);
    grid.style.setProperty("--n", N);
    grid.classList.toggle("lossy", data.loss);
    const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
    const head = make("div", "line");
    head.setAttribute("role", "row");
    head.append(make("span", "corner"), ...data.captions.map((text, j) => { const h = make("span", "head"); h.append(make("span", "", data.heads?.[j] ?? text)); h.setAttribute("role", "columnheader"); h.title = text; h.dataset.j = j; return h; }), make("span", "head end", data.loss ? "loss" : ""));
    this.cell = []; this.rowEnd = []; this.columnEnd = [];
    const lines = data.captions.map((_, i) => {
      const line = make("div", "line"), name = make("span", "name"), canvas = document.createElement("canvas");
      line.setAttribute("role", "row");
      name.setAttribute("role", "rowheader"); name.title = data.labels[i];
      name.setAttribute("aria-label", `Clip: ${data.labels[i]}`);
      name.append(canvas);
      this.thumbs.show(canvas, i);
      this.cell.push(data.captions.map((_, j) => {
        const cell = make("button", "value");
        cell.type = "button"; cell.setAttribute("role", "gridcell"); cell.tabIndex = i || j ? -1 : 0;
        cell.onpointerenter = cell.onfocus = () => this.point(i, j);
        cell.onkeydown = (event) => this.step(event, i, j);
        return cell;
      }));
      this.rowEnd.push(make("span", "ending"));
      line.append(name, ...this.cell[i], this.rowEnd[i]);
      return line;
    });
    const foot = make("div", "line foot");
    foot.append(make("span", "corner", data.loss ? "loss" : ""), ...data.captions.map((_, j) => (this.columnEnd[j] = make("span", "ending"))), (this.total = make("span", "ending total")));
    grid.replaceChildren(head, ...lines, ...(data.loss ? [foot] : []));
    this.thumbs.load().then(() => this.thumbs.play(this.thumbs.playing)).catch((error) => { this.find("note").textContent = `The clips could not be loaded: ${error.message}`; });
  }

  step(event, i, j) {
    const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key], N = this.cell.length;
    if (!by) return;
    event.preventDefault();
    const next = this.cell[(i + by[0] + N) % N][(j + by[1] + N) % N];
    this.cell[i][j].tabIndex = -1; next.tabIndex = 0; next.focus();
  }

  // ---- what follows every control ---------------------------------------------------------------
  draw() {
    const { data, fits, tau } = this, S = this.chosen.values, now = contrast(S, fits, tau);
    this.thumbs.backwards = Boolean(this.chosen.backwards);
    this.thumbs.draw();
    const shown = { cosine: S, rows: now.rows, columns: now.columns, pull: now.pull }[this.cells];
    const share = this.cells === "rows" || this.cells === "columns", pulled = this.cells === "pull";
    const all = data.sets.flatMap((set) => set.values.flat()), low = Math.max(0, Math.min(...all)), high = Math.max(...all);
    const heat = (value) => (share ? value : pulled ? Math.min(1, 2 * Math.abs(value)) : ((value - low) / (high - low)) ** 1.5);
    const best = S.map((row) => row.indexOf(Math.max(...row)));
    this.cell.forEach((row, i) => row.forEach((cell, j) => {
      const value = share ? Math.exp(shown[i][j]) : shown[i][j], text = share ? percent(value) : pulled ? signed(value) : short(value);
      const warmth = Math.max(0, Math.min(1, value < low && !pulled ? 0 : heat(value)));
      cell.textContent = text;
      cell.style.setProperty("--heat", warmth.toFixed(3));
      cell.classList.toggle("apart", pulled && value < 0);
      cell.classList.toggle("fits", Boolean(fits[i][j]));
      cell.classList.toggle("best", !data.loss && best[i] === j);
      cell.setAttribute("aria-label", `${data.labels[i]}; ${data.captions[j]}: ${share ? `${text} percent` : pulled ? `pull ${text}` : fixed(value)}`);
    }));
    if (data.loss) this.drawLoss(now);
    const slider = this.find("temperature");
    slider.value = this.at;
    slider.setAttribute("aria-valuetext", tau.toPrecision(2));
    this.find("warmth").textContent = `τ = ${tau.toPrecision(2)}${tau === data.temperature ? ", as learned" : ""}`;
    this.find("says").textContent = pulled ? "What a step down the loss does to each pair: + brings it together, − drives it apart. 0 is left alone." : data.loss ? this.sayLoss(now, S.length) : this.sayBest(best);
    if (this.pointed) this.point(...this.pointed);
  }

  drawLoss(now) {
    const [first, second] = [this.cells !== "columns", this.cells !== "rows"];
    this.rowEnd.forEach((end, i) => { end.textContent = now.rowLoss[i].toFixed(2); end.classList.toggle("faint", !first); });
    this.columnEnd.forEach((end, j) => { end.textContent = now.columnLoss[j].toFixed(2); end.classList.toggle("faint", !second); });
    this.total.textContent = now.loss.toFixed(3);
  }

  sayLoss(now, N) {
    return `Loss = (${mean(now.rowLoss).toFixed(3)} from the rows + ${mean(now.columnLoss).toFixed(3)} from the columns) / 2 = ${now.loss.toFixed(3)} nats. Who guesses among ${N} pays ln ${N} = ${Math.log(N).toFixed(3)}.`;
  }

  sayBest(best) {
    const { partner } = this.data, N = best.length, own = best.filter((j, i) => j === i).length;
    const other = best.filter((j, i) => j === partner[i] && j !== i).length;
    return `${own} of ${N} clips are nearest to the caption in their own column, ${other} to that of their time-reversed partner, ${N - own - other} to another.`;
  }

  point(i, j) {
    this.pointed = [i, j];
    const value = this.chosen.values[i][j];
    this.find("cell").textContent = `Clip: ${this.data.labels[i]}${this.chosen.backwards ? ", played backwards" : ""}. Caption: ${this.data.captions[j]}. Cosine ${fixed(value, 3)}.`;
  }

  // A row of choices; a row of one is none.
  offer(group, options, chosen, pick) {
    this.find(group).hidden = options.length < 2;
    radios(this.find(group), options, chosen, pick);
  }

  report() {
    clearTimeout(this.resting);
    const learned = this.at === toSlider(this.data.temperature);
    const view = { set: this.set, cells: this.cells, rule: this.rule, at: learned ? -1 : this.at };
    this.resting = setTimeout(() => {
      if (JSON.stringify(view) === JSON.stringify(this.told)) return;
      this.told = view;
      this.tell("view", view);
    }, REST);
  }

  close() { this.thumbs?.close(); clearTimeout(this.resting); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new Board(parentElement)));
  board.show(data, setStateValue);
  return () => { board.close(); boards.delete(parentElement); };
}
