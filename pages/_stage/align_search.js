// Type, and a wall of clips is ranked at every key: text encoder, cosines and order, all in the browser.

const REST = 400; // milliseconds of quiet before the server is told
const NAMED = 5; // captions listed for the picked clip
const TILE = { least: 74, gap: 6 };
const EXAMPLES = ["a blue ring falls", "a blue ring rises", "something red", "a triangle whirls clockwise", "something slides from left to right", "something slides from right to left", "a ring moves up", "a huge purple ball falls"];
const walls = new WeakMap(); // parentElement -> Wall

class Wall {
  constructor(parent) {
    this.find = (name) => parent.querySelector(`.${name}`);
    this.query = null; this.picked = null; // null: the first
    const field = this.find("query");
    field.oninput = () => { this.query = field.value; this.picked = null; this.rank(); this.report(); };
    this.find("play").onclick = () => { this.thumbs?.play(!this.thumbs.playing); this.drawPlay(); };
    this.watch = new ResizeObserver(() => this.place());
    this.watch.observe(this.find("wall"));
  }

  show(data, tell) {
    this.tell = tell;
    const first = !this.data, asked = data.view.query;
    if (this.query === null || (asked !== this.data?.view.query && asked !== this.told?.query)) this.query = asked;
    const changed = first || data.clip.url !== this.data.clip.url || data.weights.url !== this.data.weights.url;
    this.data = data;
    this.find("query").value = this.query;
    if (changed) this.open();
  }

  open() {
    const { data } = this;
    this.thumbs?.close();
    this.thumbs = new Thumbs(data.clip, data.moments);
    this.build();
    this.find("many").textContent = data.captions.length;
    Promise.all([this.thumbs.load(), loadVolume(data.vectors), loadVolume(data.captionVectors), loadVolume(data.weights)])
      .then(([, vectors, captionVectors, weights]) => {
        Object.assign(this, { vectors, captionVectors, sentences: new Sentences(data.text, weights) });
        this.thumbs.play(this.thumbs.playing);
        this.drawPlay(); this.rank();
      })
      .catch((error) => { this.find("note").textContent = `The gallery could not be loaded: ${error.message}`; });
  }

  build() {
    const { data } = this, wall = this.find("wall");
    this.tiles = data.labels.map((label, k) => {
      const tile = document.createElement("button");
      tile.type = "button"; tile.className = "tile";
      tile.setAttribute("role", "option");
      tile.innerHTML = '<canvas></canvas><span class="place"></span><span class="score"></span>';
      tile.title = label;
      tile.onclick = () => { this.picked = k; this.pick(); };
      tile.onkeydown = (event) => this.step(event, k);
      this.thumbs.show(tile.firstElementChild, k);
      return tile;
    });
    wall.replaceChildren(...this.tiles);
    this.find("examples").replaceChildren(...EXAMPLES.map((text) => this.button(text, () => this.ask(text))));
    const words = data.text.vocabulary.filter((word) => !word.startsWith("<"));
    this.find("list").replaceChildren(...words.map((word) => this.button(word, () => this.ask(`${this.query} ${word}`.trim()))));
  }

  button(text, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, onclick: act });
    return made;
  }

  ask(text) { this.query = text; this.find("query").value = text; this.picked = null; this.rank(); this.report(); }

  step(event, k) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = this.order.indexOf(k), next = this.order[(at + by + this.order.length) % this.order.length];
    this.picked = next; this.pick(); this.tiles[next].focus();
  }

  // ---- what follows every key -------------------------------------------------------------------
  rank() {
    if (!this.sentences) return;
    const said = this.sentences.split(this.query), words = said.filter((w) => w.read).map((w) => w.word);
    if (words.length) {
      this.similarity = cosines(this.sentences.vector(words), this.vectors);
      this.order = bestFirst(this.similarity);
    } else {
      this.similarity ??= new Float64Array(this.tiles.length);
      this.order ??= bestFirst(this.similarity);
    }
    this.drawRead(said, words);
    this.place(); this.pick();
  }

  // Each word, and what the first clip loses without it; what is unknown is named.
  drawRead(said, words) {
    const best = this.order[0], D = this.data.text.dim, first = this.vectors.subarray(best * D, (best + 1) * D);
    let at = 0;
    const chips = said.map(({ word, known, read }) => {
      const chip = Object.assign(document.createElement("span"), { className: "word" });
      chip.append(Object.assign(document.createElement("b"), { textContent: word }));
      const note = document.createElement("i");
      if (read) {
        const rest = words.toSpliced(at++, 1);
        const loss = rest.length ? this.similarity[best] - cosines(this.sentences.vector(rest), first)[0] : this.similarity[best];
        note.textContent = `${loss < 0 ? "+" : ""}${fixed(-loss)}`;
        note.title = `Without “${word}” the cosine of the first clip changes by this`;
        chip.style.setProperty("--weight", Math.max(0, Math.min(1, loss)));
      } else {
        note.textContent = known ? "too late" : "not known";
        chip.classList.add("unread");
      }
      chip.append(note);
      return chip;
    });
    const box = this.find("read"), unknown = said.filter((w) => !w.known).map((w) => w.word);
    box.replaceChildren(...chips);
    const aside = document.createElement("span");
    aside.className = "aside";
    if (!words.length) aside.textContent = "No word of this is known; the order stays. Open the list below.";
    else if (unknown.length) aside.textContent = "Unknown words are left out.";
    else aside.textContent = "Below each word: how the first clip’s cosine changes without it.";
    box.append(aside);
  }

  place() {
    const wall = this.find("wall"), width = wall.clientWidth;
    if (!this.order || !width) return;
    const columns = Math.max(3, Math.floor((width + TILE.gap) / (TILE.least + TILE.gap)));
    const side = (width - (columns - 1) * TILE.gap) / columns, high = side + 18;
    wall.style.height = `${Math.ceil(this.order.length / columns) * (high + TILE.gap)}px`;
    this.order.forEach((k, n) => {
      const tile = this.tiles[k], x = (n % columns) * (side + TILE.gap), y = Math.floor(n / columns) * (high + TILE.gap);
      tile.style.width = `${side}px`;
      tile.style.transform = `translate(${x}px, ${y}px)`;
      tile.children[1].textContent = n + 1;
      tile.children[2].textContent = fixed(this.similarity[k]);
      tile.style.setProperty("--fit", Math.max(0, this.similarity[k]));
      tile.setAttribute("aria-posinset", n + 1);
      tile.setAttribute("aria-setsize", this.order.length);
      tile.setAttribute("aria-label", `Place ${n + 1}: ${this.data.labels[k]}, cosine ${fixed(this.similarity[k])}`);
      tile.classList.toggle("first", n === 0);
    });
  }

  pick() {
    const k = this.picked ?? this.order[0], D = this.data.text.dim;
    this.tiles.forEach((tile, n) => { tile.setAttribute("aria-selected", String(n === k)); tile.tabIndex = n === k ? 0 : -1; });
    const large = this.find("large");
    this.thumbs.show(large, k);
    large.setAttribute("aria-label", this.data.labels[k]);
    const place = this.order.indexOf(k) + 1;
    this.find("what").textContent = `${place === 1 ? "First" : `Place ${place}`}, cosine ${fixed(this.similarity[k])}. It shows: ${this.data.labels[k]}.`;
    const fit = cosines(this.vectors.subarray(k * D, (k + 1) * D), this.captionVectors);
    this.find("captions").replaceChildren(...bestFirst(fit).slice(0, NAMED).map((c) => {
      const item = document.createElement("li"), ask = this.button(this.data.captions[c], () => this.ask(this.data.captions[c]));
      ask.title = "Ask for this";
      ask.style.setProperty("--fit", Math.max(0, fit[c]));
      ask.append(Object.assign(document.createElement("span"), { textContent: fixed(fit[c]) }));
      item.append(ask);
      return item;
    }));
  }

  drawPlay() {
    const on = this.thumbs.playing;
    this.find("align").classList.toggle("playing", on);
    this.find("play").setAttribute("aria-label", on ? "Pause" : "Play");
  }

  report() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.query === this.told?.query) return;
      this.told = { query: this.query };
      this.tell("view", this.told);
    }, REST);
  }

  close() { this.thumbs?.close(); this.watch.disconnect(); clearTimeout(this.resting); }
}

export default function ({ data: [data], parentElement, setStateValue }) {
  let wall = walls.get(parentElement);
  if (!wall) walls.set(parentElement, (wall = new Wall(parentElement)));
  wall.show(data, setStateValue);
  return () => { wall.close(); walls.delete(parentElement); };
}
