// Small pictures that move while they are pointed at: many in one volume, `moments` frames of each.

const THUMB_MS = 90; // between two frames

function drawThumb(canvas, data, pixels, index, moment) {
  const { W, H } = data.clip, n = W * H, image = new ImageData(W, H), start = (index * data.moments + moment) * n * 3;
  for (let i = 0, j = start, k = 0; i < n; i++, k += 4) {
    image.data[k] = pixels[j++]; image.data[k + 1] = pixels[j++]; image.data[k + 2] = pixels[j++]; image.data[k + 3] = 255;
  }
  canvas.width = W; canvas.height = H;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Returns `play(frames)`, which runs by itself for so many frames; who prefers less motion gets none.
function playThumb(box, draw, moments) {
  let moment = Math.floor(moments / 2);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const stop = () => clearInterval(box.timer);
  const play = (frames = Infinity) => {
    stop();
    if (!calm) box.timer = setInterval(() => { draw((moment = (moment + 1) % moments)); if (--frames <= 0) stop(); }, THUMB_MS);
  };
  box.onpointerenter = box.onfocus = () => play();
  box.onpointerleave = box.onblur = stop;
  draw(moment);
  return play;
}
