// The bill of two pathways while alpha, beta and T are dragged. Every number was counted by
// `slowfast.cost` for one Slow frame; here they are only looked up, multiplied by T and drawn.

const REST = 250; // milliseconds of quiet before the server is told
const mounted = new WeakMap(); // parentElement -> Cost

const sum = (values) => values.reduce((a, b) => a + b, 0);
const short = (n) => (n >= 1e9 ? `${(n / 1e9).toFixed(n < 1e10 ? 2 : 1)} G` : n >= 1e6 ? `${(n / 1e6).toFixed(n < 1e7 ? 2 : 1)} M` : `${(n / 1e3).toFixed(0)} k`);
const percent = (part) => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;

class Cost {
  constructor(parent) {
    this.find = (name) => parent.querySelector(name);
    for (const knob of ["alpha", "beta", "slow"]) {
      this.find(`.${knob}`).oninput = (event) => { this[knob] = this.options(knob)[Number(event.target.value)]; this.draw(); this.report(); };
    }
  }

  options(knob) { return { alpha: this.data.alphas, beta: this.data.betas, slow: this.data.frames }[knob]; }

  show(data, tell) {
    const before = this.data?.view ?? {};
    this.tell = tell; this.data = data;
    for (const knob of ["alpha", "beta", "slow"]) {
      const value = data.view[knob], known = this.options(knob);
      if (value !== before[knob] && value !== this.told?.[knob]) this[knob] = known.includes(value) ? value : known[Math.floor(known.length / 2)];
    }
    this.draw();
  }

  draw() {
    const { data, alpha, beta, slow } = this, names = Object.keys(data.colours);
    for (const [knob, text] of [["alpha", `${alpha}`], ["beta", `1/${beta}`], ["slow", `${slow}`]]) {
      const input = this.find(`.${knob}`), options = this.options(knob);
      input.max = options.length - 1; input.value = options.indexOf(this[knob]);
      input.setAttribute("aria-valuetext", text); input.nextElementSibling.textContent = text;
    }
    const bill = data.bills[data.alphas.indexOf(alpha) * data.betas.length + data.betas.indexOf(beta)];
    const rows = bill.map(([parameters, ...stages], k) => ({ name: names[k], parameters, stages: stages.map((n) => n * slow) }));
    for (const row of rows) row.total = sum(row.stages);
    const total = sum(rows.map((row) => row.total));
    this.headline(rows, total); this.columns(rows); this.table(rows, total);
  }

  headline(rows, total) {
    this.find(".total strong").textContent = short(total);
    this.find(".total span").textContent = "multiply-adds for one clip";
    const colour = (row) => `--pathway:${this.data.colours[row.name]}`;
    this.find(".split").innerHTML = rows.map((row) => `<i style="${colour(row)};flex:${row.total / total} 0 0px"></i>`).join("");
    this.find(".split").setAttribute("aria-label", rows.map((row) => `${row.name} ${percent(row.total / total)}`).join(", "));
    this.find(".legend").innerHTML = rows.map((row) => `<span style="${colour(row)}">${row.name} ${percent(row.total / total)}</span>`).join("");
  }

  columns(rows) {
    const { stages, colours } = this.data, totals = stages.map((_, k) => sum(rows.map((row) => row.stages[k] ?? 0))), most = Math.max(...totals);
    this.find(".columns").innerHTML = stages.map((stage, k) => {
      const parts = [...rows].reverse().map((row) => `<i style="--pathway:${colours[row.name]};height:${(82 * (row.stages[k] ?? 0)) / most}%"></i>`).join("");
      return `<div data-name="${stage}" data-total="${short(totals[k])}">${parts}</div>`;
    }).join("");
    this.find(".columns").setAttribute("aria-label", stages.map((stage, k) => `${stage}: ${short(totals[k])} multiply-adds`).join(", "));
  }

  table(rows, total) {
    const { alpha, beta, slow, data } = this, thin = Math.max(1, Math.floor(data.width / beta));
    const shape = { Slow: [slow, data.width], Fast: [alpha * slow, thin], Links: [slow, 2 * thin] };
    this.find("thead").innerHTML = "<tr><th scope=col></th><th scope=col>frames</th><th scope=col>channels at pool1</th><th scope=col>parameters</th><th scope=col>multiply-adds</th></tr>";
    this.find("tbody").innerHTML = rows.map((row) => `<tr style="--pathway:${data.colours[row.name]}"><td>${row.name}</td><td>${shape[row.name][0]}</td><td>${shape[row.name][1]}</td><td>${short(row.parameters)}</td><td>${short(row.total)}</td></tr>`).join("");
  }

  report() {
    clearTimeout(this.resting);
    const view = { slow: this.slow, alpha: this.alpha, beta: this.beta };
    this.resting = setTimeout(() => { this.told = view; this.tell("view", view); }, REST);
  }

  close() { clearTimeout(this.resting); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let cost = mounted.get(parentElement);
  if (!cost) mounted.set(parentElement, (cost = new Cost(parentElement)));
  cost.show(data, setStateValue);
  return () => { cost.close(); mounted.delete(parentElement); };
}
