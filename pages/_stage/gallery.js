// Thumbnails that move while pointed at; one radio button per scene.

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  if (grid.children.length !== data.names.length) {
    grid.replaceChildren(...data.names.map(() => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.setAttribute("role", "radio");
      button.append(document.createElement("canvas"));
      return button;
    }));
  }
  data.names.forEach((name, k) => {
    const button = grid.children[k];
    button.title = data.titles[k];
    button.setAttribute("aria-label", data.titles[k]);
    button.setAttribute("aria-checked", String(name === data.chosen));
    button.tabIndex = name === data.chosen ? 0 : -1;
    button.onclick = () => setTriggerValue("pick", name);
    button.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      grid.children[(k + by + data.names.length) % data.names.length].focus();
    };
  });
  loadVolume(data.clip).then((pixels) => data.names.forEach((_, k) => {
    const button = grid.children[k];
    playThumb(button, (moment) => drawThumb(button.firstElementChild, data, pixels, k, moment), data.moments);
  })).catch(() => {});
  return () => [...grid.children].forEach((button) => clearInterval(button.timer));
}
