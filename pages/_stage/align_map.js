// Three stages, one open: what goes in, what is trained, what is asked. Words come from the server.

const STAY = 0.2; // of the tokens, in the first stage
const SHOWN = [1, 5, 9, 13]; // frames of the clip that stand for all
const PATCH = 6; // pixels of a token's side
const REST = 200;
const maps = new WeakMap(); // parentElement -> Map3

const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

class Map3 {
  constructor(parent) { this.find = (name) => parent.querySelector(`.${name}`); this.stage = null; this.opened = {}; }

  show(data, tell) {
    this.tell = tell;
    if (this.stage === null || (data.view.stage !== this.data?.view.stage && data.view.stage !== this.told)) this.stage = data.view.stage;
    const first = !this.data;
    this.data = data;
    if (!(this.stage >= 1 && this.stage <= data.stages.length)) this.stage = 1;
    if (first) this.tabs();
    this.open();
  }

  tabs() {
    this.buttons = this.data.stages.map((stage, k) => {
      const button = make("button", "tab");
      button.type = "button";
      button.setAttribute("role", "tab");
      button.append(make("b", "", `${k + 1}`), make("span", "", stage.label));
      button.onclick = () => this.turn(k + 1);
      button.onkeydown = (event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        this.turn(((k + by + this.buttons.length) % this.buttons.length) + 1);
        this.buttons[this.stage - 1].focus();
      };
      return button;
    });
    this.find("stages").replaceChildren(...this.buttons);
  }

  turn(stage) {
    this.stage = stage; this.open();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { this.told = stage; this.tell("view", { stage }); }, REST);
  }

  open() {
    const stage = this.data.stages[this.stage - 1];
    this.buttons.forEach((button, k) => { button.setAttribute("aria-selected", String(k + 1 === this.stage)); button.tabIndex = k + 1 === this.stage ? 0 : -1; });
    this.find("panel").setAttribute("aria-label", stage.label);
    this.find("title").textContent = stage.title;
    const steps = stage.flow.flatMap((column, n) => {
      const box = make("div", "column");
      box.append(...column.map((part) => this.part(part)));
      return n ? [make("div", "arrow", ""), box] : [box];
    });
    this.find("flow").replaceChildren(...steps);
    this.find("detail").textContent = stage.says;
  }

  part(part) {
    if (part.tokens) return this.tokens(part);
    const box = make("button", "part");
    box.type = "button";
    box.append(make("b", "", part.name), make("span", "", part.brief));
    if (part.here) box.classList.add("here");
    box.onclick = () => {
      for (const other of this.find("flow").querySelectorAll(".part")) other.classList.toggle("open", other === box);
      this.find("detail").textContent = part.says;
    };
    return box;
  }

  // The first stage's input: a clip of which every fifth token stays.
  tokens(part) {
    const box = make("div", "part picture"), canvas = document.createElement("canvas"), again = make("button", "again", "Drop others");
    again.type = "button";
    canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", part.says);
    const count = make("span", "count");
    again.onclick = () => this.drop(canvas, count);
    box.append(make("b", "", part.name), canvas, count, again);
    loadVolume(this.data.clip).then((pixels) => { this.pixels = pixels; this.drop(canvas, count); }).catch((error) => { this.find("note").textContent = `The clip could not be loaded: ${error.message}`; });
    return box;
  }

  drop(canvas, count) {
    const { W, H } = this.data.clip, across = W / PATCH, each = across * (H / PATCH), all = each * SHOWN.length, kept = Math.round(STAY * all);
    const order = Array.from({ length: all }, (_, k) => k);
    for (let k = all - 1; k > 0; k--) { const j = Math.floor(Math.random() * (k + 1)); [order[k], order[j]] = [order[j], order[k]]; }
    canvas.width = 2 * W + 2; canvas.height = 2 * H + 2;
    const pen = canvas.getContext("2d"), image = new ImageData(W, H);
    const seen = new Set(order.slice(0, kept));
    SHOWN.forEach((t, n) => {
      for (let y = 0; y < H; y++) for (let x = 0; x < W; x++) {
        const token = n * each + Math.floor(y / PATCH) * across + Math.floor(x / PATCH), k = 4 * (y * W + x), j = ((t * H + y) * W + x) * 3;
        image.data[k] = this.pixels[j]; image.data[k + 1] = this.pixels[j + 1]; image.data[k + 2] = this.pixels[j + 2];
        image.data[k + 3] = seen.has(token) ? 255 : 22;
      }
      pen.putImageData(image, (n % 2) * (W + 2), Math.floor(n / 2) * (H + 2));
    });
    count.textContent = `${kept} of ${all} tokens of four frames stay`;
  }

  close() { clearTimeout(this.resting); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = new Map3(parentElement)));
  map.show(data, setStateValue);
  return () => { map.close(); maps.delete(parentElement); };
}
