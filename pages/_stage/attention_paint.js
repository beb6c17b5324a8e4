// Draws a row of the explorer: a strip of frames, the map over them, a bar of weight under each.

const GAP = 6, FOOT = 22, WIDEST = 116; // CSS pixels
const FULL = 16; // times an even share: from here on, or from the largest weight, a patch shines fully
const PER_LINE = { wide: 8, narrow: 4, below: 560 };
const QUERY = "#ffffff", BEST = "#2dd4bf"; // outlines, each over a dark one

// Where each frame of the strip lies on a canvas of `width` CSS pixels.
function strip(width, T) {
  const per = width < PER_LINE.below ? PER_LINE.narrow : PER_LINE.wide, lines = Math.ceil(T / per);
  const side = Math.min(WIDEST, Math.floor((width - GAP * (per - 1)) / per));
  const cells = Array.from({ length: T }, (_, u) => ({ x: (u % per) * (side + GAP), y: Math.floor(u / per) * (side + FOOT) }));
  return { side, cells, height: lines * (side + FOOT) };
}

// The frame as the copying networks see it, in grey and dimmed, so that the map can glow on it.
function greyStamp(clip, t) {
  clip.greys ??= new Map();
  if (!clip.greys.has(t)) {
    const image = frameImage(clip, t), px = image.data;
    for (let i = 0; i < px.length; i += 4) px[i] = px[i + 1] = px[i + 2] = 18 + 0.62 * (0.299 * px[i] + 0.587 * px[i + 1] + 0.114 * px[i + 2]);
    const canvas = new OffscreenCanvas(clip.W, clip.H);
    canvas.getContext("2d").putImageData(image, 0, 0);
    clip.greys.set(t, canvas);
  }
  return clip.greys.get(t);
}

// One slice's weights as a tiny picture, one pixel a patch; `top` is what shines fully.
function heatPatch(pixels, weights, start, top) {
  const out = pixels.data;
  for (let i = 0, k = 0; k < out.length; i++, k += 4) {
    const share = Math.min(1, weights[start + i] / top), v = 3 * Math.round(255 * (0.25 + 0.75 * Math.sqrt(share)));
    out[k] = heatTable[v]; out[k + 1] = heatTable[v + 1]; out[k + 2] = heatTable[v + 2];
    out[k + 3] = share < 0.004 ? 0 : Math.round(255 * (0.12 + 0.78 * Math.sqrt(share)));
  }
  return pixels;
}

function outline(pen, x, y, w, h, colour, dash = []) {
  pen.setLineDash([]); pen.lineWidth = 3.5; pen.strokeStyle = "rgba(0,0,0,.75)"; pen.strokeRect(x, y, w, h);
  pen.setLineDash(dash); pen.lineWidth = 1.8; pen.strokeStyle = colour; pen.strokeRect(x, y, w, h);
  pen.setLineDash([]);
}

// The strip of one map. `marks` are patches to outline: {t, n, colour, dash}.
function paintMap(canvas, clip, row, columns, weights, marks, { width, ink, binary }) {
  const { T, R, C, N } = gridOf(row), { side, cells, height } = strip(width, T), pen = sized(canvas, width, height);
  pen.imageSmoothingEnabled = false;
  row.tile ??= new OffscreenCanvas(C, R);
  const brush = row.tile.getContext("2d"), pixels = brush.createImageData(C, R);
  let top = FULL / (T * N); // a flat map must not look like a sharp one
  for (const w of weights) if (w > top) top = w;
  cells.forEach(({ x, y }, u) => {
    pen.drawImage(greyStamp(clip, columns[u]), x, y, side, side);
    if (binary) paintReach(pen, row, weights, u, x, y, side);
    else { brush.putImageData(heatPatch(pixels, weights, u * N, top), 0, 0); pen.drawImage(row.tile, x, y, side, side); }
    paintFoot(pen, weights.subarray(u * N, (u + 1) * N), x, y + side, side, ink, binary);
  });
  for (const { t, n, colour, dash } of marks) {
    const w = side / C, h = side / R;
    outline(pen, cells[t].x + (n % C) * w, cells[t].y + Math.floor(n / C) * h, w, h, colour, dash);
  }
  return { side, cells };
}

function paintReach(pen, row, reached, u, x, y, side) {
  const { C, R, N } = gridOf(row), w = side / C, h = side / R;
  for (let n = 0; n < N; n++) {
    const v = reached[u * N + n];
    if (!v) continue;
    pen.fillStyle = v === 1 ? "rgba(129,140,248,.82)" : "rgba(129,140,248,.34)";
    pen.fillRect(x + (n % C) * w + 0.75, y + Math.floor(n / C) * h + 0.75, w - 1.5, h - 1.5);
  }
}

// The temporal profile: how much of the query's attention lies on this frame in all.
// Or, of pairs, how many of its patches are scored.
function paintFoot(pen, weights, x, y, side, ink, binary) {
  let sum = 0;
  for (const w of weights) sum += binary ? Number(w === 1) : w;
  const words = binary ? `${sum} key${sum === 1 ? "" : "s"}` : sum < 0.0005 ? "0" : `${(100 * sum).toFixed(sum < 0.0995 ? 1 : 0)} %`;
  if (binary) sum /= weights.length;
  pen.globalAlpha = 0.18; pen.fillStyle = ink; pen.fillRect(x, y + 3, side, 4);
  pen.globalAlpha = 1; pen.fillStyle = "#e8734a"; pen.fillRect(x, y + 3, side * sum, 4);
  pen.fillStyle = ink; pen.globalAlpha = sum < 0.0005 ? 0.5 : 0.9; pen.font = "10px sans-serif"; pen.textAlign = "center";
  pen.fillText(words, x + side / 2, y + 17);
  pen.globalAlpha = 1;
}

// The clip itself, in colour, with the query and the times of its frames.
function paintClip(canvas, clip, columns, fps, query, { width, ink }) {
  const { side, cells, height } = strip(width, columns.length), pen = sized(canvas, width, height);
  pen.imageSmoothingEnabled = false;
  cells.forEach(({ x, y }, u) => {
    pen.drawImage(stamp(clip, columns[u]), x, y, side, side);
    pen.fillStyle = ink; pen.globalAlpha = u === query.t ? 1 : 0.75; pen.font = `${u === query.t ? "600 " : ""}10px sans-serif`; pen.textAlign = "center";
    pen.fillText(query.label(u), x + side / 2, y + side + 13);
    pen.globalAlpha = 1;
  });
  const { x, y } = cells[query.t], s = side * query.size;
  outline(pen, x + query.fx * side - (query.fx * side) % s, y + query.fy * side - (query.fy * side) % s, s, s, QUERY);
  return { side, cells };
}
