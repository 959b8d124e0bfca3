// What a screen reader hears of the results: seldom, and only what is new.

/** However fast votes come and connections go, at most one announcement in so long. */
const PAUSE_MS = 30000;
/** What changes is heard once it has lasted: a connection that is back at once was not away. */
const SETTLE_MS = 2000;

export class Announcer {
  #region;
  #text = () => "";
  #heard = "";
  #spokenAt = -PAUSE_MS;
  #timer;

  /** @param region an element with aria-live */
  constructor(region) {
    this.#region = region;
  }

  /** Something may have changed: what the function then returns is said, unless it was heard. */
  soon(text) {
    this.#text = text;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.now(this.#text());
      },
      Math.max(SETTLE_MS, this.#spokenAt + PAUSE_MS - performance.now()),
    );
  }

  /** For what the person has just asked for. */
  now(text) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (text === this.#heard) return;
    this.#heard = text;
    this.#spokenAt = performance.now();
    this.#region.textContent = text;
  }
}
