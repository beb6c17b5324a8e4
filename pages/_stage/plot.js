// A Plotly figure that stays in place: new data move what is drawn.
// Streamlit 1.67 takes its own chart down and builds it again with every change of the figure.

const INK = "#000037"; // stands for the page's text colour in vidcore.figures.theme
const CLEAR = "rgba(0,0,0,0)";
const FAINT = 0.14; // opacity of grid lines
const SMALL = 12, MEDIUM = 14; // pixels
const SETTINGS = { displayModeBar: false, scrollZoom: false, displaylogo: false };
const plots = new WeakMap(); // parentElement -> Plot

// What a figure leaves open: the page's font and colours, light or dark.
function template({ ink, paper, faint, family }) {
  const axis = { gridcolor: faint, zerolinecolor: faint, tickcolor: faint, tickfont: { color: ink, size: SMALL }, automargin: true };
  const title = (standoff) => ({ title: { font: { color: ink, size: MEDIUM }, standoff } });
  return {
    layout: {
      font: { color: ink, family, size: SMALL },
      paper_bgcolor: CLEAR, plot_bgcolor: CLEAR,
      xaxis: { ...axis, ...title(20), showgrid: false, zeroline: false },
      yaxis: { ...axis, ...title(24) },
      margin: { pad: 8 },
      legend: { font: { color: ink, size: SMALL }, borderwidth: 0 },
      hoverlabel: { bgcolor: paper, bordercolor: faint, font: { color: ink, family, size: SMALL } },
    },
    data: { scatter: [{ marker: { line: { width: 0 } } }] },
  };
}

class Plot {
  constructor(parent) {
    this.box = parent.querySelector(".plot");
    this.box.ontransitionend = () => this.draw();
    this.resizer = new ResizeObserver(() => { if (this.box.clientWidth !== this.width) this.draw(); });
    this.resizer.observe(this.box);
  }

  show(spec, alt) {
    this.box.setAttribute("aria-label", alt);
    if (spec === this.spec) return;
    this.spec = spec;
    this.draw();
  }

  draw() {
    this.width = this.box.clientWidth;
    if (!this.width || !this.spec) return; // in a closed expander; the resizer tells when it opens
    const { color: ink, backgroundColor: paper, fontFamily: family } = getComputedStyle(this.box);
    const faint = ink.replace("rgb(", "rgba(").replace(")", `, ${FAINT})`);
    const { data, layout } = JSON.parse(this.spec.replaceAll(INK, ink));
    layout.template = template({ ink, paper, faint, family });
    layout.width = this.width;
    layout.uirevision = "kept"; // what the legend hides stays hidden when the data change
    this.box.style.minHeight = `${layout.height}px`;
    window.Plotly.react(this.box, data, layout, SETTINGS);
  }

  close() { this.resizer.disconnect(); window.Plotly.purge(this.box); }
}

export default function ({ data: [spec, alt], parentElement }) {
  let plot = plots.get(parentElement);
  if (!plot) plots.set(parentElement, (plot = new Plot(parentElement)));
  plot.show(spec, alt);
  return () => { plot.close(); plots.delete(parentElement); };
}
