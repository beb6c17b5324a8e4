// Convex upsampling: eight times as many pixels, each a mixture of the nine cells around it. The
// shares are the network's; bilinear upsampling of the same cells stands beside it.

const JUMP = 1, NEAR = 4; // pixels: a boundary is where neighbours' true motions differ by more; and what counts as near
const upsamplers = new WeakMap(); // parentElement -> Upsampler

class Upsampler {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.box = this.find("upsample");
    this.box.stage = this; // for tests
    const panels = this.find("panels");
    this.cells = new Panel(panels, "Cells, 1/8"); this.linear = new Panel(panels, "Bilinear"); this.convex = new Panel(panels, "Convex"); this.mixture = new Panel(panels, "Shares");
    this.every = [this.cells, this.linear, this.convex, this.mixture];
    for (const panel of [this.linear, this.convex]) pointed(panel, (x, y) => this.point(x, y));
    this.convex.pane.tabIndex = 0;
    this.convex.pane.setAttribute("role", "application");
    this.convex.pane.setAttribute("aria-label", "Pixel to take apart: arrow keys move it");
    this.convex.pane.onkeydown = (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by && this.at) { event.preventDefault(); this.point(this.at[0] + by[0], this.at[1] + by[1]); }
    };
    this.resizer = new ResizeObserver(() => { this.every.forEach((panel) => panel.resized()); this.draw(); });
    this.resizer.observe(this.box);
  }

  async show(data) {
    const fresh = this.data?.shares.url !== data.shares.url;
    this.data = data;
    let loaded;
    try { loaded = await Promise.all([data.coarse, data.shares, ...(data.truth ? [data.truth, data.valid] : [])].map(loadVolume)); }
    catch (error) { this.find("readout").textContent = `The field could not be loaded (${error.message}). Reload the page.`; return; }
    if (this.data !== data || this.gone) return;
    const [coarse, shares, truth, valid] = loaded, [K, h, w] = data.coarse.shape, [H, W] = data.size;
    this.coarse = fieldAt(coarse, h, w, K - 1, CELL); this.shares = shares;
    this.truth = truth ? fieldAt(truth, H, W, 0) : null; this.valid = valid;
    this.near = this.truth ? nearBoundary(this.truth) : null;
    this.smooth = this.enlarge(H, W, linearShare); this.sharp = this.enlarge(H, W, (i, j, n, a, c) => shares[(((i * w + j) * 9 + n) * CELL + a) * CELL + c]);
    const shown = this.truth ?? this.sharp;
    this.largest = Math.max(0.25, ...shown.u.map((u, i) => Math.hypot(u, shown.v[i])));
    if (fresh || !this.at) this.at = this.steepest();
    this.draw();
  }

  // Mix the nine cells around each pixel's own, the border repeated; `share(i, j, n, a, c)`.
  enlarge(H, W, share) {
    const out = zero(H, W), { W: w, H: h, u, v } = this.coarse;
    for (let y = 0, at = 0; y < H; y++) for (let x = 0; x < W; x++, at++) {
      const i = y >> 3, j = x >> 3;
      for (let n = 0; n < 9; n++) {
        const r = Math.max(0, Math.min(h - 1, i + Math.floor(n / 3) - 1)), c = Math.max(0, Math.min(w - 1, j + (n % 3) - 1)), s = share(i, j, n, y & 7, x & 7);
        out.u[at] += s * u[r * w + c]; out.v[at] += s * v[r * w + c];
      }
    }
    return out;
  }

  // Where the two ways differ most, at a boundary where one is known: there is something to see.
  steepest() {
    const some = this.near?.some((near) => near);
    let most = -1, best = 0;
    for (let i = 0; i < this.sharp.u.length; i++) { if (some && !this.near[i]) continue; const d = Math.hypot(this.sharp.u[i] - this.smooth.u[i], this.sharp.v[i] - this.smooth.v[i]); if (d > most) { most = d; best = i; } }
    return [best % this.sharp.W, Math.floor(best / this.sharp.W)];
  }

  point(x, y) { const { W, H } = this.sharp; this.at = [Math.max(0, Math.min(W - 1, Math.round(x))), Math.max(0, Math.min(H - 1, Math.round(y)))]; this.draw(); }

  draw() {
    if (!this.sharp) return;
    const [x, y] = this.at, i = y >> 3, j = x >> 3;
    this.nine(this.cells.paint(fieldImage(this.coarse, this.largest)), this.cells.unit, j, i, 1.5);
    for (const [panel, field] of [[this.linear, this.smooth], [this.convex, this.sharp]]) {
      const pen = panel.paint(fieldImage(field, this.largest));
      crosshair(pen, x, y, panel.unit, 3 * panel.unit);
      this.nine(pen, panel.unit, CELL * j + 3.5, CELL * i + 3.5, 1.5 * CELL);
      if (this.truth) panel.note(`off by ${meanError(field, this.truth, this.valid).toFixed(3)} px; ${meanError(field, this.truth, this.valid, this.near).toFixed(2)} near a boundary`);
    }
    this.cells.note(`${this.coarse.W} × ${this.coarse.H}`);
    this.drawShares(i, j, y & 7, x & 7);
  }

  nine(pen, unit, x, y, half) { pen.strokeStyle = "#000000"; pen.lineWidth = 1.5 * unit; pen.setLineDash([4 * unit, 3 * unit]); pen.strokeRect(x - half, y - half, 2 * half, 2 * half); pen.setLineDash([]); }

  drawShares(i, j, a, c) {
    const { W: w, H: h, u, v } = this.coarse, nine = zero(3, 3), shares = [];
    for (let n = 0; n < 9; n++) {
      const at = Math.max(0, Math.min(h - 1, i + Math.floor(n / 3) - 1)) * w + Math.max(0, Math.min(w - 1, j + (n % 3) - 1));
      nine.u[n] = u[at]; nine.v[n] = v[at]; shares.push(this.shares[(((i * w + j) * 9 + n) * CELL + a) * CELL + c]);
    }
    const pen = this.mixture.paint(fieldImage(nine, this.largest)), unit = this.mixture.unit;
    pen.textAlign = "center"; pen.textBaseline = "middle"; pen.lineJoin = "round";
    shares.forEach((share, n) => {
      pen.font = `${share > 0.2 ? "bold " : ""}${13 * unit}px sans-serif`;
      pen.strokeStyle = "#ffffffdd"; pen.lineWidth = 3 * unit; pen.fillStyle = "#1f2a44";
      const text = `${Math.round(100 * share)} %`;
      pen.strokeText(text, n % 3, Math.floor(n / 3)); pen.fillText(text, n % 3, Math.floor(n / 3));
    });
    const [x, y] = this.at, k = y * this.sharp.W + x, to = (f) => `(${signed(f.u[k])}, ${signed(f.v[k])})`;
    const truth = this.truth && this.valid[k] ? ` Truth ${to(this.truth)}.` : "";
    this.find("readout").textContent = `(y, x) = (${y}, ${x}): bilinear ${to(this.smooth)}, convex ${to(this.sharp)} px.${truth} Hover either picture.`;
  }

  close() { this.gone = true; this.resizer.disconnect(); }
}

// A cell stands at the first pixel of its block: between it and the next one, linearly.
function linearShare(i, j, n, a, c) {
  const along = (step, at) => (step === 0 ? 0 : step === 1 ? 1 - at / CELL : at / CELL);
  return along(Math.floor(n / 3), a) * along(n % 3, c);
}

function nearBoundary({ W, H, u, v }) {
  const near = new Uint8Array(W * H);
  for (let y = 0, i = 0; y < H; y++) for (let x = 0; x < W; x++, i++) {
    const jumps = (k) => Math.hypot(u[i] - u[k], v[i] - v[k]) > JUMP;
    if (!((x + 1 < W && jumps(i + 1)) || (y + 1 < H && jumps(i + W)))) continue;
    for (let p = Math.max(0, y - NEAR); p <= Math.min(H - 1, y + NEAR); p++) near.fill(1, p * W + Math.max(0, x - NEAR), p * W + Math.min(W, x + NEAR + 1));
  }
  return near;
}

export default function ({ data: [data], parentElement }) {
  let upsampler = upsamplers.get(parentElement);
  if (!upsampler) upsamplers.set(parentElement, (upsampler = new Upsampler(parentElement)));
  upsampler.show(data);
  return () => { upsampler.close(); upsamplers.delete(parentElement); };
}
