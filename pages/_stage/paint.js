// Numbers to pixels. Every function draws one thing onto one canvas.

// Dark to light through violet and orange (after matplotlib's inferno): brightness rises evenly.
const HEAT = [[0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99], [212, 72, 66], [245, 125, 21], [250, 193, 39], [252, 255, 164]];

const heatTable = (() => {
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (HEAT.length - 1), k = Math.min(Math.floor(at), HEAT.length - 2), f = at - k;
    for (let c = 0; c < 3; c++) table[3 * i + c] = HEAT[k][c] * (1 - f) + HEAT[k + 1][c] * f;
  }
  return table;
})();

function frameImage(clip, t, image) {
  const { W, H, data } = clip, n = W * H, start = t * n * 3;
  image ??= new ImageData(W, H);
  const out = image.data;
  for (let i = 0, j = start, k = 0; i < n; i++, k += 4) {
    out[k] = data[j++]; out[k + 1] = data[j++]; out[k + 2] = data[j++]; out[k + 3] = 255;
  }
  return image;
}

function heatImage(layer, t, W, H, image) {
  image ??= new ImageData(W, H);
  const n = W * H, start = Math.min(t, layer.T - 1) * n, out = image.data, scale = 255 / (layer.max || 1);
  for (let i = 0, k = 0; i < n; i++, k += 4) {
    const v = 3 * Math.max(0, Math.min(255, Math.round(layer.data[start + i] * scale)));
    out[k] = heatTable[v]; out[k + 1] = heatTable[v + 1]; out[k + 2] = heatTable[v + 2]; out[k + 3] = 255;
  }
  return image;
}

// One row of the picture at every time: time runs down, x runs right.
function sliceImage(clip, y, seq) {
  const { W, H, data } = clip, image = new ImageData(W, seq.length), out = image.data;
  seq.forEach((t, line) => {
    for (let x = 0, j = ((t * H + y) * W) * 3, k = line * W * 4; x < W; x++, k += 4) {
      out[k] = data[j++]; out[k + 1] = data[j++]; out[k + 2] = data[j++]; out[k + 3] = 255;
    }
  });
  return image;
}

// A canvas of one frame, to be drawn small many times.
function stamp(clip, t) {
  clip.stamps ??= new Map();
  if (!clip.stamps.has(t)) {
    const canvas = new OffscreenCanvas(clip.W, clip.H);
    canvas.getContext("2d").putImageData(frameImage(clip, t), 0, 0);
    clip.stamps.set(t, canvas);
  }
  return clip.stamps.get(t);
}

// Give a canvas `width` x `height` CSS pixels at the screen's own resolution; returns its context.
function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.imageSmoothingQuality = "high";
  return pen;
}

function paintStrip(canvas, clip, seq, width) {
  const height = 44, wide = Math.max(24, (height * clip.W) / clip.H);
  const count = Math.max(1, Math.min(seq.length, Math.floor(width / wide))), step = width / count;
  const pen = sized(canvas, width, height);
  for (let k = 0; k < count; k++) {
    const t = seq[Math.min(seq.length - 1, Math.floor(((k + 0.5) * seq.length) / count))];
    const w = Math.min(clip.W, (clip.H * step) / height), h = (w * height) / step; // fill the cell, keep the shape
    pen.drawImage(stamp(clip, t), (clip.W - w) / 2, (clip.H - h) / 2, w, h, k * step, 0, step - 1, height);
  }
}

// What is never reached: slanted lines from x0 to x1, in the pen's colour.
function hatch(pen, x0, x1, height) {
  pen.save();
  pen.beginPath(); pen.rect(x0, 0, x1 - x0, height); pen.clip();
  pen.globalAlpha = 0.12; pen.fillRect(x0, 0, x1 - x0, height);
  pen.globalAlpha = 0.6; pen.strokeStyle = pen.fillStyle; pen.lineWidth = 1;
  for (let x = x0 - height; x < x1; x += 4) { pen.beginPath(); pen.moveTo(x, height); pen.lineTo(x + height, 0); pen.stroke(); }
  pen.restore();
}

// One sampling strategy: the whole clip as ticks, the frames it takes, and what the model receives.
function paintSample(canvas, clip, row, T, width, ink) {
  const K = row.indices.length, per = Math.max(1, Math.min(K, Math.floor(width / (K > 16 ? 30 : 44))));
  const lines = Math.ceil(K / per), gap = 3, wide = Math.min(88, width / per - gap), high = (wide * clip.H) / clip.W;
  const top = 34, pen = sized(canvas, width, top + lines * (high + 14) + 2);
  const x = (t) => 4 + ((t + 0.5) / T) * (width - 8);
  pen.fillStyle = ink; pen.globalAlpha = 0.25;
  const every = Math.max(1, Math.ceil((T * 2.5) / width)); // at most one tick per 2.5 pixels
  for (let t = 0; t < T; t += every) pen.fillRect(x(t) - 0.5, 4, 1, 8);
  if (row.unseen) hatch(pen, x(T - row.unseen - 0.5), x(T - 0.5), 16);
  pen.globalAlpha = 1; pen.fillStyle = row.colour;
  for (const t of row.indices) pen.fillRect(x(t) - 1.5, 0, 3, 16);
  row.indices.forEach((t, k) => {
    const left = (k % per) * (wide + gap), y = top + Math.floor(k / per) * (high + 14);
    if (k < per) {
      pen.strokeStyle = row.colour; pen.globalAlpha = 0.55; pen.lineWidth = 1;
      pen.beginPath(); pen.moveTo(x(t), 16); pen.lineTo(left + wide / 2, top - 1); pen.stroke(); pen.globalAlpha = 1;
    }
    pen.drawImage(stamp(clip, Math.min(t, clip.T - 1)), left, y, wide, high);
    pen.fillStyle = ink; pen.font = "10px sans-serif"; pen.textAlign = "center";
    if (wide >= 18) pen.fillText(String(t), left + wide / 2, y + high + 10);
  });
  return { x, top, per, wide, gap, high };
}
