// Announces results to screen readers: seldom, and only what is new.

/** However fast votes arrive and connections break, at most one announcement in this time. */
const PAUSE_MS = 30000;
/** A change is announced once it has lasted: a short interruption is not. */
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

  /** Something may have changed: announces what the function then returns, unless it was announced. */
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

  /** For the result of a person's own action. */
  now(text) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (text === this.#heard) return;
    this.#heard = text;
    this.#spokenAt = performance.now();
    this.#region.textContent = text;
  }
}
