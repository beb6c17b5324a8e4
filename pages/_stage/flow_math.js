// Optical flow in the browser: the functions of vidcore.flow, by the same names and in the same
// order of steps, so that a dragged scene is solved at every frame. A browser test holds both
// against each other; the Python ones are the reference and explain themselves.
// An image is { W, H, a: Float64Array(W * H) }, a field is { W, H, u, v } and, from a method, valid.

const TEXTURED = 1e-3, SOLVABLE = 1e-2, DAMPING = 1e-3, SURROUNDINGS = 11, LEAST_WEIGHT = 1e-3;
const COARSEST_SIDE = 12, NORMALISED_OVER = 5, FAINTEST = 0.02, STRICT = 3, EDGE = 0.5;
const EPS = Number.EPSILON, TINY = 2.2250738585072014e-308; // of float64, as NumPy names them
const BINOMIAL = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const HALF_PIXEL = [1 / 32, -5 / 32, 20 / 32, 20 / 32, -5 / 32, 1 / 32];
const FIVE_POINT = [1 / 12, -8 / 12, 0, 8 / 12, -1 / 12];
const SLOPE = [-1 / 2, 0, 1 / 2], SMOOTH = [1 / 4, 2 / 4, 1 / 4];

const image = (W, H, a = new Float64Array(W * H)) => ({ W, H, a });
const within = (v, low, high) => (v < low ? low : v > high ? high : v);
const mapped = (first, ...rest) => { // combine(a, b, ...) pixel by pixel
  const combine = rest.pop(), out = image(first.W, first.H), [b, c] = rest;
  for (let i = 0; i < out.a.length; i++) out.a[i] = combine(first.a[i], b?.a[i], c?.a[i]);
  return out;
};

// ---- filters: borders are replicated ----------------------------------------------------------
function correlate(src, taps, anchor, down) {
  const { W, H, a } = src, out = image(W, H), n = taps.length, stride = down ? W : 1, length = down ? H : W;
  for (let y = 0, i = 0; y < H; y++) {
    for (let x = 0; x < W; x++, i++) {
      const at = (down ? y : x) - anchor, base = i - (down ? y : x) * stride;
      let sum = 0;
      if (at >= 0 && at + n <= length) for (let k = 0, j = base + at * stride; k < n; k++, j += stride) sum += taps[k] * a[j];
      else for (let k = 0; k < n; k++) sum += taps[k] * a[base + within(at + k, 0, length - 1) * stride];
      out.a[i] = sum;
    }
  }
  return out;
}
const across = (src, taps, anchor = taps.length >> 1) => correlate(src, taps, anchor, false);
const downward = (src, taps, anchor = taps.length >> 1) => correlate(src, taps, anchor, true);
const sobel = (I) => [downward(across(I, SLOPE), SMOOTH), across(downward(I, SLOPE), SMOOTH)];
const fivePoint = (I) => [across(I, FIVE_POINT), downward(I, FIVE_POINT)];

// Sum over window x window: a running sum along rows, then along columns.
function windowSum(src, window) {
  const { W, H } = src, half = window >> 1, rows = new Float64Array(W * H), out = image(W, H);
  run(src.a, rows, W, H, 1, W, half);
  run(rows, out.a, H, W, W, 1, half);
  return out;
}
function run(from, to, n, lines, stride, next, half) {
  for (let line = 0; line < lines; line++) {
    const base = line * next;
    let sum = 0;
    for (let k = -half; k <= half; k++) sum += from[base + within(k, 0, n - 1) * stride];
    for (let k = 0; k < n; k++) {
      to[base + k * stride] = sum;
      sum += from[base + Math.min(k + half + 1, n - 1) * stride] - from[base + Math.max(k - half, 0) * stride];
    }
  }
}
const windowMean = (src, window) => { const out = windowSum(src, window), n = window * window; for (let i = 0; i < out.a.length; i++) out.a[i] /= n; return out; };
const times = (p, q) => mapped(p, q, (a, b) => a * b);

// ---- the structure tensor ---------------------------------------------------------------------
function eigenvalues(Sxx, Sxy, Syy) { // of one window: the larger first
  const middle = (Sxx + Syy) / 2, apart = Math.sqrt(((Sxx - Syy) / 2) ** 2 + Sxy * Sxy);
  return [middle + apart, middle - apart];
}
function textured(Sxx, Sxy, Syy, share) {
  const n = Sxx.a.length, small = new Float64Array(n), valid = new Uint8Array(n);
  let largest = 0;
  for (let i = 0; i < n; i++) { const [l1, l2] = eigenvalues(Sxx.a[i], Sxy.a[i], Syy.a[i]); small[i] = l2; if (l1 > largest) largest = l1; }
  for (let i = 0; i < n; i++) valid[i] = small[i] > share * largest ? 1 : 0;
  return valid;
}

// Give what is not valid the mean of the smallest window, 3, 5, 9, 17, ... wide, that holds an answer.
function fill(field) {
  const { W, H, u, v, valid } = field, w = W + 1, tables = [valid, u, v].map((from) => {
    const table = new Float64Array(w * (H + 1));
    for (let y = 0, i = 0; y < H; y++) for (let x = 0, row = 0; x < W; x++, i++) { if (valid[i]) row += from[i]; table[(y + 1) * w + x + 1] = table[y * w + x + 1] + row; }
    return table;
  });
  const out = { ...field, u: u.slice(), v: v.slice() }, some = tables[0][w * (H + 1) - 1] > 0;
  for (let y = 0, i = 0; y < H; y++) {
    for (let x = 0; x < W; x++, i++) {
      if (valid[i]) continue;
      out.u[i] = out.v[i] = 0;
      for (let reach = 1; some; reach *= 2) {
        const top = Math.max(0, y - reach) * w, bottom = Math.min(H, y + reach + 1) * w, left = Math.max(0, x - reach), right = Math.min(W, x + reach + 1);
        const [n, su, sv] = tables.map((t) => t[bottom + right] - t[top + right] + t[top + left] - t[bottom + left]);
        if (n > 0) { out.u[i] = su / n; out.v[i] = sv / n; break; }
      }
    }
  }
  return out;
}

// ---- Lucas-Kanade, one step -------------------------------------------------------------------
function lucasKanade(I1, I2, { window = 5 } = {}) {
  const [Ix, Iy] = sobel(I1);
  return fill(solve(windowsOf(Ix, Iy, mapped(I2, I1, (b, a) => b - a), window)));
}
function windowsOf(Ix, Iy, It, window) {
  const [Sxx, Sxy, Syy, Sxt, Syt] = [[Ix, Ix], [Ix, Iy], [Iy, Iy], [Ix, It], [Iy, It]].map(([p, q]) => windowSum(times(p, q), window));
  return { Sxx, Sxy, Syy, Sxt, Syt };
}
function solve({ Sxx, Sxy, Syy, Sxt, Syt }) {
  const valid = textured(Sxx, Sxy, Syy, TEXTURED), u = new Float64Array(valid.length), v = new Float64Array(valid.length);
  for (let i = 0; i < valid.length; i++) {
    const det = valid[i] ? Sxx.a[i] * Syy.a[i] - Sxy.a[i] * Sxy.a[i] : 1;
    u[i] = (Sxy.a[i] * Syt.a[i] - Syy.a[i] * Sxt.a[i]) / det;
    v[i] = (Sxy.a[i] * Sxt.a[i] - Sxx.a[i] * Syt.a[i]) / det;
  }
  return { W: Sxx.W, H: Sxx.H, u, v, valid };
}

// ---- coarse to fine ---------------------------------------------------------------------------
function halve(I) {
  const blurred = downward(across(I, BINOMIAL), BINOMIAL), W = (I.W + 1) >> 1, H = (I.H + 1) >> 1, out = image(W, H);
  for (let y = 0, i = 0; y < H; y++) for (let x = 0; x < W; x++, i++) out.a[i] = blurred.a[2 * y * I.W + 2 * x];
  return out;
}
function normalise(I) {
  const mean = windowMean(I, NORMALISED_OVER), difference = mapped(I, mean, (a, m) => a - m), n = I.a.length;
  const variance = windowMean(times(difference, difference), NORMALISED_OVER);
  let sum = 0, squares = 0, largest = 0;
  for (let i = 0; i < n; i++) { sum += difference.a[i]; largest = Math.max(largest, Math.abs(I.a[i])); }
  for (let i = 0; i < n; i++) squares += (difference.a[i] - sum / n) ** 2;
  const floor = FAINTEST * Math.sqrt(squares / n) + Math.sqrt(EPS) * largest + EPS;
  return mapped(difference, variance, (d, s) => d / Math.sqrt(Math.max(s, floor * floor)));
}
function double(I) { // half-pixel positions by six taps
  const { W, H } = I, wide = image(2 * W, H), out = image(2 * W, 2 * H), between = across(I, HALF_PIXEL, 2);
  for (let y = 0, i = 0; y < H; y++) for (let x = 0; x < W; x++, i++) { wide.a[y * 2 * W + 2 * x] = I.a[i]; wide.a[y * 2 * W + 2 * x + 1] = between.a[i]; }
  const below = downward(wide, HALF_PIXEL, 2);
  for (let y = 0; y < H; y++) { out.a.set(wide.a.subarray(y * 2 * W, (y + 1) * 2 * W), 4 * y * W); out.a.set(below.a.subarray(y * 2 * W, (y + 1) * 2 * W), (4 * y + 2) * W); }
  return out;
}
function prepare(I1, I2) {
  const prev = normalise(I1), [Ix, Iy] = fivePoint(prev);
  return { W: I1.W, H: I1.H, prev, doubled: double(normalise(I2)), Ix, Iy };
}
function bilinear(a, W, H, x, y) {
  x = within(x, 0, W - 1); y = within(y, 0, H - 1);
  const left = Math.min(Math.floor(x), W - 2), top = Math.min(Math.floor(y), H - 2), i = top * W + left, r = x - left, d = y - top;
  return (1 - d) * ((1 - r) * a[i] + r * a[i + 1]) + d * ((1 - r) * a[i + W] + r * a[i + W + 1]);
}
function linearise(level, { u, v }) {
  const { W, H, prev, doubled } = level, n = W * H, warped = image(W, H), w = image(W, H), It = image(W, H);
  let typical = 0;
  for (let y = 0, i = 0; y < H; y++) {
    for (let x = 0; x < W; x++, i++) {
      const px = x + u[i], py = y + v[i];
      warped.a[i] = bilinear(doubled.a, 2 * W, 2 * H, 2 * px, 2 * py);
      w.a[i] = px > -EDGE && px < W - 1 + EDGE && py > -EDGE && py < H - 1 + EDGE ? 1 : 0;
      const d = warped.a[i] - prev.a[i];
      It.a[i] = d; typical += d * d;
    }
  }
  typical = typical / n + TINY;
  const [Ix, Iy] = fivePoint(warped);
  for (let i = 0; i < n; i++) {
    w.a[i] /= 1 + (STRICT * It.a[i] * It.a[i]) / typical;
    Ix.a[i] = (level.Ix.a[i] + Ix.a[i]) / 2; Iy.a[i] = (level.Iy.a[i] + Iy.a[i]) / 2;
  }
  return { Ix, Iy, It, w };
}
function enlarge({ W, H, u, v }, level) { // twice the size, twice the values
  const n = level.W * level.H, out = { W: level.W, H: level.H, u: new Float64Array(n), v: new Float64Array(n) };
  for (let y = 0, i = 0; y < level.H; y++) for (let x = 0; x < level.W; x++, i++) { out.u[i] = 2 * bilinear(u, W, H, x / 2, y / 2); out.v[i] = 2 * bilinear(v, W, H, x / 2, y / 2); }
  return out;
}
function coarseToFine(I1, I2, step, iterations, levels) {
  const pairs = [[I1, I2]];
  while (Math.min(pairs.at(-1)[0].W, pairs.at(-1)[0].H) >= 2 * COARSEST_SIDE && pairs.length !== levels) pairs.push(pairs.at(-1).map(halve));
  let field = null;
  for (const [a, b] of pairs.reverse()) {
    const level = prepare(a, b), n = a.W * a.H;
    field = field ? enlarge(field, level) : { W: a.W, H: a.H, u: new Float64Array(n), v: new Float64Array(n) };
    for (let k = 0; k < iterations; k++) field = median(step(level, field));
  }
  return field;
}

// Each component's median over 5 x 5, borders replicated: columns of five are sorted once for the
// five windows they are in, and merged up to the 13th of the 25.
function median(field) {
  const { W, H } = field, w = W + 4, sorted = new Float64Array(6 * w), out = { ...field };
  for (const name of ["u", "v"]) {
    const padded = surround(field[name], W, H), to = new Float64Array(W * H);
    for (let y = 0; y < H; y++) {
      sortColumns(padded, w, y, sorted);
      for (let x = 0; x < W; x++) to[y * W + x] = thirteenth(sorted, 6 * x);
    }
    out[name] = to;
  }
  return out;
}
function surround(from, W, H) {
  const padded = new Float64Array((W + 4) * (H + 4));
  for (let y = -2, k = 0; y < H + 2; y++) for (let x = -2; x < W + 2; x++) padded[k++] = from[within(y, 0, H - 1) * W + within(x, 0, W - 1)];
  return padded;
}
function sortColumns(from, w, y, sorted) { // five values and a sentinel for each column
  for (let x = 0; x < w; x++) {
    let a = from[y * w + x], b = from[(y + 1) * w + x], c = from[(y + 2) * w + x], d = from[(y + 3) * w + x], e = from[(y + 4) * w + x], t;
    if (a > b) { t = a; a = b; b = t; } if (d > e) { t = d; d = e; e = t; } if (c > e) { t = c; c = e; e = t; }
    if (c > d) { t = c; c = d; d = t; } if (a > d) { t = a; a = d; d = t; } if (a > c) { t = a; a = c; c = t; }
    if (b > e) { t = b; b = e; e = t; } if (b > d) { t = b; b = d; d = t; } if (b > c) { t = b; b = c; c = t; }
    const k = 6 * x;
    sorted[k] = a; sorted[k + 1] = b; sorted[k + 2] = c; sorted[k + 3] = d; sorted[k + 4] = e; sorted[k + 5] = Infinity;
  }
}
function thirteenth(s, k) {
  let p0 = k, p1 = k + 6, p2 = k + 12, p3 = k + 18, p4 = k + 24, h0 = s[p0], h1 = s[p1], h2 = s[p2], h3 = s[p3], h4 = s[p4], least = 0;
  for (let n = 0; n < 13; n++) {
    if (h0 <= h1 && h0 <= h2 && h0 <= h3 && h0 <= h4) { least = h0; h0 = s[++p0]; }
    else if (h1 <= h2 && h1 <= h3 && h1 <= h4) { least = h1; h1 = s[++p1]; }
    else if (h2 <= h3 && h2 <= h4) { least = h2; h2 = s[++p2]; }
    else if (h3 <= h4) { least = h3; h3 = s[++p3]; }
    else { least = h4; h4 = s[++p4]; }
  }
  return least;
}

// ---- Lucas-Kanade, again and again; with levels: 1 on the frame alone ----------------------------
function pyramidalLucasKanade(I1, I2, { window = 9, iterations = 3, levels = 0 } = {}) {
  return fill(coarseToFine(I1, I2, (level, field) => refine(level, field, window), iterations, levels));
}
function refine(level, { W, H, u, v }, window) {
  const { Ix, Iy, It, w } = linearise(level, { u, v }), n = W * H;
  const weight = mapped(w, (a) => a + LEAST_WEIGHT), total = windowMean(weight, SURROUNDINGS);
  const [mu, mv] = [u, v].map((c) => windowMean(times(weight, image(W, H, c)), SURROUNDINGS));
  const products = [0, 1, 2, 3, 4].map(() => image(W, H)), [pxx, pxy, pyy, pxb, pyb] = products.map((p) => p.a);
  for (let i = 0; i < n; i++) {
    mu.a[i] /= total.a[i]; mv.a[i] /= total.a[i];
    const ix = Ix.a[i], iy = Iy.a[i], wx = w.a[i] * ix, wy = w.a[i] * iy;
    const b = It.a[i] - ix * (u[i] - mu.a[i]) - iy * (v[i] - mv.a[i]);
    pxx[i] = wx * ix; pxy[i] = wx * iy; pyy[i] = wy * iy; pxb[i] = wx * b; pyb[i] = wy * b;
  }
  const [Sxx, Sxy, Syy, Sxb, Syb] = products.map((p) => windowSum(p, window)), valid = textured(Sxx, Sxy, Syy, SOLVABLE);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += Sxx.a[i] + Syy.a[i];
  const k = (DAMPING * trace) / n + EPS, out = { W, H, u: new Float64Array(n), v: new Float64Array(n), valid };
  for (let i = 0; i < n; i++) {
    const xx = Sxx.a[i] + k, yy = Syy.a[i] + k, xy = Sxy.a[i], xb = Sxb.a[i] - k * (u[i] - mu.a[i]), yb = Syb.a[i] - k * (v[i] - mv.a[i]), det = xx * yy - xy * xy;
    out.u[i] = mu.a[i] + (xy * yb - yy * xb) / det;
    out.v[i] = mv.a[i] + (xy * xb - xx * yb) / det;
  }
  return out;
}

// ---- Horn-Schunck -----------------------------------------------------------------------------
function hornSchunck(I1, I2, { alpha = 0.1, iterations = 100 } = {}) {
  const { W, H } = I1, n = W * H, [Ix, Iy] = sobel(mapped(I1, I2, (a, b) => (a + b) / 2)), It = mapped(I2, I1, (b, a) => b - a);
  const gain = mapped(Ix, Iy, (a, b) => 1 / (alpha * alpha + a * a + b * b)).a;
  const u = new Float64Array(n), v = new Float64Array(n), ubar = new Float64Array(n), vbar = new Float64Array(n);
  for (let sweep = 0; sweep < iterations; sweep++) {
    for (let i = 0; i < n; i++) {
      const ix = Ix.a[i], iy = Iy.a[i], r = gain[i] * (ix * ubar[i] + iy * vbar[i] + It.a[i]);
      u[i] = ubar[i] - ix * r; v[i] = vbar[i] - iy * r;
    }
    neighbourMean(u, W, H, ubar); neighbourMean(v, W, H, vbar);
  }
  const [Sxx, Sxy, Syy] = [[Ix, Ix], [Ix, Iy], [Iy, Iy]].map(([p, q]) => windowSum(times(p, q), 5));
  return { W, H, u, v, valid: textured(Sxx, Sxy, Syy, TEXTURED) };
}
// 1/6 of the near four, 1/12 of the corners: (the binomial over 3 x 3, less 4 times the middle) / 12.
let rows = new Float64Array(0);
function neighbourMean(u, W, H, out) {
  if (rows.length < W * H) rows = new Float64Array(W * H);
  for (let y = 0; y < H; y++) {
    const r = y * W;
    for (let x = 0; x < W; x++) rows[r + x] = u[r + (x ? x - 1 : 0)] + 2 * u[r + x] + u[r + (x < W - 1 ? x + 1 : x)];
  }
  for (let y = 0; y < H; y++) {
    const r = y * W, above = (y ? y - 1 : 0) * W, below = (y < H - 1 ? y + 1 : y) * W;
    for (let x = 0; x < W; x++) out[r + x] = (rows[above + x] + 2 * rows[r + x] + rows[below + x] - 4 * u[r + x]) / 12;
  }
}

// ---- how far from the truth -------------------------------------------------------------------
function endpointError(field, truth, counted) { // mean over the pixels counted, in pixels
  let sum = 0, n = 0;
  for (let i = 0; i < field.u.length; i++) if (counted[i]) { sum += Math.hypot(field.u[i] - truth.u[i], field.v[i] - truth.v[i]); n++; }
  return n ? sum / n : NaN;
}
