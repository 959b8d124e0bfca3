// The standing as it moves: server-sent events, and polling while they cannot be had.
//
// States: connecting, live (events), delayed (events, but votes are not counted at present), polling
// (events failed, requests work), reconnecting (neither works), offline (the browser says so).

import { fetchResults } from "./vote-api.js";

const STREAM = "/api/results/stream";
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15000;
const POLL_MS = 3000;
/** A connection that died without a word looks like one with no votes: after this long, ask. */
const SILENCE_MS = 20000;
/** A hidden tab gives its connection back: a browser allows only six to one host over HTTP/1.1. */
const HIDDEN_MS = 30000;

export class Feed {
  #onResults;
  #onState;
  #state = "connecting";
  #stream;
  #failures = 0;
  #retryTimer;
  #pollTimer;
  #silenceTimer;
  #hiddenTimer;

  constructor({ onResults, onState }) {
    this.#onResults = onResults;
    this.#onState = onState;
  }

  start() {
    window.addEventListener("offline", () => this.#goOffline());
    window.addEventListener("online", () => this.#connectNow());
    // An open stream would keep the page out of the back/forward cache.
    window.addEventListener("pagehide", () => this.#disconnect());
    window.addEventListener("pageshow", (event) => event.persisted && this.#connectNow());
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    if (!navigator.onLine) return this.#goOffline();
    this.#connectNow();
  }

  /** Asks once for the standing, besides what the stream brings. */
  async refresh() {
    try {
      const { results, stale } = await fetchResults();
      this.#onResults(results);
      if (this.#stream?.readyState === EventSource.OPEN) {
        this.#become(stale ? "delayed" : "live");
        this.#expectSound();
      }
      return true;
    } catch {
      return false;
    }
  }

  #connectNow() {
    this.#disconnect();
    this.#failures = 0;
    if (this.#state === "offline") this.#become("reconnecting");
    this.#open();
  }

  #open() {
    this.#stream?.close();
    const stream = new EventSource(STREAM);
    this.#stream = stream;
    stream.onopen = () => {
      this.#failures = 0;
      clearTimeout(this.#pollTimer);
      this.#become("live");
      this.#expectSound();
      this.refresh(); // says whether the votes are counted, which the stream does not
    };
    stream.onmessage = ({ data }) => {
      this.#onResults(JSON.parse(data));
      this.#become("live");
      this.#expectSound();
    };
    // The browser's own reconnecting gives up at the first answer that is not 200, so ours does it.
    stream.onerror = () => this.#lost();
  }

  #lost() {
    this.#stream?.close();
    clearTimeout(this.#silenceTimer);
    if (!navigator.onLine) return this.#goOffline();
    if (this.#state === "live" || this.#state === "delayed") this.#become("reconnecting");
    const wait = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
    this.#failures += 1;
    clearTimeout(this.#retryTimer);
    // Spread over half to one and a half of the time, so that a crowd does not come back at once.
    this.#retryTimer = setTimeout(() => this.#open(), wait * (0.5 + Math.random()));
    clearTimeout(this.#pollTimer);
    this.#poll();
  }

  async #poll() {
    const stream = this.#stream;
    const answered = await this.refresh();
    if (stream !== this.#stream || stream.readyState === EventSource.OPEN) return;
    if (!navigator.onLine) return;
    this.#become(answered ? "polling" : "reconnecting");
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => this.#poll(), POLL_MS);
  }

  #expectSound() {
    clearTimeout(this.#silenceTimer);
    const wait = this.#state === "delayed" ? POLL_MS : SILENCE_MS;
    this.#silenceTimer = setTimeout(async () => {
      const stream = this.#stream;
      const answered = await this.refresh();
      if (!answered && stream === this.#stream) this.#lost();
    }, wait);
  }

  #visibilityChanged() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#disconnect(), HIDDEN_MS);
    } else if (this.#stream?.readyState !== EventSource.OPEN && navigator.onLine) {
      this.#connectNow();
    }
  }

  #goOffline() {
    this.#disconnect();
    this.#become("offline");
  }

  #disconnect() {
    this.#stream?.close();
    this.#stream = undefined;
    for (const timer of [this.#retryTimer, this.#pollTimer, this.#silenceTimer]) clearTimeout(timer);
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}
