// The page for a projector, at /?view=screen: title, results and countdown, big, and the address to vote at,
// also as a QR code that is made here.

import { qr } from "./qr.js";

const SVG = "http://www.w3.org/2000/svg";
/** The margin that readers of QR codes need, in modules. */
const MARGIN = 4;

export class Screen {
  #figure = document.createElement("figure");
  #caption = document.createElement("figcaption");
  #address = location.origin + "/";

  constructor() {
    document.body.dataset.view = "screen";
    this.#figure.className = "address";
    const text = document.createElement("p");
    text.className = "url";
    text.textContent = this.#address.replace(/^https?:\/\//, "").replace(/\/$/, "");
    this.#figure.append(drawing(this.#address), this.#caption, text);
    document.querySelector("main").append(this.#figure);
  }

  /** Where each voter has an own link, the common address admits nobody. */
  show({ byLink }, texts) {
    this.#caption.textContent = texts.address;
    this.#figure.hidden = Boolean(byLink);
  }
}

function drawing(address) {
  const modules = qr(address);
  const size = modules.length + 2 * MARGIN;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `QR: ${address}`);
  const path = document.createElementNS(SVG, "path");
  const squares = modules.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`] : [])),
  );
  path.setAttribute("d", squares.join(""));
  svg.append(path);
  return svg;
}
