// The map of ideas: one card per page, whose picture moves when it comes into view and when it is
// pointed at.

const WELCOME = 32; // frames a picture plays by itself: two rounds, below five seconds

const made = (name, className, text = "") => Object.assign(document.createElement(name), { className, textContent: text });

function makeCard(page, pictured) {
  const card = made("a", "card"), words = made("span", "words");
  card.href = new URL(page.page, root());
  if (pictured) {
    const picture = made("span", "picture");
    picture.append(made("canvas"));
    card.append(picture);
  }
  if (page.term) words.append(made("span", "term", page.term));
  words.append(made("strong", "title", page.title), made("span", "about", page.about));
  card.append(words);
  return card;
}

function makeGroup(group, pictures) {
  const section = made("section", "group"), cards = made("div", "cards");
  section.style.setProperty("--cards", group.pages.length);
  cards.append(...group.pages.map((page) => makeCard(page, pictures.includes(page.page))));
  section.append(made("h2", "", group.question), cards);
  return section;
}

// Fetches what draws the figures of the other pages, once this page has all it needs itself.
function fetchSoon(address) {
  if (document.querySelector("link[rel=prefetch]")) return;
  const link = Object.assign(document.createElement("link"), { rel: "prefetch", as: "script", href: new URL(address, root()) });
  document.head.append(link);
}

export default function ({ data: [data], parentElement }) {
  const map = parentElement.querySelector(".map");
  if (!map.children.length) map.replaceChildren(...data.groups.map((group) => makeGroup(group, data.pictures)));
  const cards = [...map.querySelectorAll(".card")], pages = data.groups.flatMap((group) => group.pages);
  cards.forEach((card) => {
    card.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
      const link = [...document.querySelectorAll(".st-key-map_links a")].find((a) => a.pathname === card.pathname);
      if (!link) return;
      event.preventDefault(); // a new page load would forget an upload
      link.click();
    };
  });
  const seen = new IntersectionObserver((entries) => entries.filter((e) => e.isIntersecting).forEach((e) => { seen.unobserve(e.target); e.target.welcome(WELCOME); }), { threshold: 0.6 });
  loadVolume(data.clip).then((pixels) => cards.forEach((card, k) => {
    const canvas = card.querySelector("canvas"), index = data.pictures.indexOf(pages[k].page);
    if (!canvas) return;
    card.welcome = playThumb(card, (moment) => drawThumb(canvas, data, pixels, index, moment), data.moments);
    seen.observe(card);
  })).then(() => fetchSoon(data.soon)).catch(() => {});
  return () => { seen.disconnect(); cards.forEach((card) => clearInterval(card.timer)); };
}
