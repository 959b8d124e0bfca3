// The current results: by server-sent events, or by polling while there is no stream.
//
// States: connecting, live (events), delayed (events, but votes are not counted at present), polling
// (events failed, requests work), reconnecting (neither works), offline (by the browser), paused (by the
// person).
//
// A crowd watches the same stream and loses it at the same moment. So no page sends at once what all others
// would send too, and each waits for a random time.

import { fetchResults } from "./vote-api.js";

const STREAM = "/api/results/stream";
/** After a lost connection pages reconnect spread over this time; those that fail back off. */
const RETURN_MS = 30000;
const LAST_RETURN_MS = 60000;
const POLL_MS = 10000;
const LAST_POLL_MS = 60000;
/** Longer than two heartbeats: a silently lost connection looks like one without votes. */
const SILENCE_MS = 35000;
const SILENCE_SPREAD_MS = 25000;
/** The time-out of an attempt to connect. */
const OPEN_MS = 20000;
/** The person's own vote is counted by then, if votes are counted. */
const OWN_VOTE_MS = 3000;
/** Results older than this are doubtful, if the clocks agree. */
const OLD_MS = 60000;
/** A hidden tab closes its connection: a browser allows only six to one host over HTTP/1.1. */
const HIDDEN_MS = 30000;

const upTo = (ms) => Math.random() * ms;
/** Between half of it and one and a half. */
const about = (ms) => ms * (0.5 + Math.random());

export class Feed {
  #onResults;
  #onState;
  #onPoll;
  #state = "connecting";
  #stream;
  #known = false;
  #failures = 0;
  #failedPolls = 0;
  /** The last confirmation of the results by the stream: {at, heard}. */
  #fresh;
  #pollRound;
  #returnTimer;
  #pollTimer;
  #silenceTimer;
  #hiddenTimer;

  /**
   * @param onResults called with the results, and if they were requested with the round of the poll or null
   * @param onPoll called with the definition of the poll, when there is one and when it changes
   */
  constructor({ onResults, onState, onPoll = () => {} }) {
    this.#onResults = onResults;
    this.#onState = onState;
    this.#onPoll = onPoll;
  }

  start() {
    window.addEventListener("offline", () => this.#goOffline());
    window.addEventListener("online", () => this.#connect(upTo(2000))); // for a whole hall's Wi-Fi
    // An open stream would keep the page out of the back/forward cache.
    window.addEventListener("pagehide", () => this.#disconnect());
    window.addEventListener("pageshow", (event) => event.persisted && this.#connect());
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    if (!navigator.onLine) return this.#goOffline();
    this.#connect();
  }

  pause() {
    this.#disconnect();
    this.#become("paused");
  }

  resume() {
    this.#become("connecting");
    if (!navigator.onLine) return this.#goOffline();
    this.#connect();
  }

  /** The person's vote was accepted, so the results change; without an event, poll to learn why. */
  expectNews() {
    if (this.#isOpen()) {
      clearTimeout(this.#silenceTimer);
      this.#silenceTimer = setTimeout(() => this.#ask(false), OWN_VOTE_MS + upTo(OWN_VOTE_MS));
    } else if (this.#pollRound) {
      this.#pollIn(upTo(OWN_VOTE_MS));
    }
  }

  #isOpen() {
    return this.#stream?.readyState === EventSource.OPEN;
  }

  #connect(wait = 0) {
    if (this.#state === "paused") return;
    this.#disconnect();
    this.#failures = 0;
    if (this.#state === "offline") this.#become("reconnecting");
    if (wait === 0) return this.#open();
    this.#returnTimer = setTimeout(() => this.#open(), wait);
  }

  #open() {
    this.#stream?.close();
    clearTimeout(this.#silenceTimer);
    const stream = new EventSource(STREAM);
    this.#stream = stream;
    this.#fresh = undefined;
    this.#silenceTimer = setTimeout(() => this.#lost(), OPEN_MS + upTo(OPEN_MS / 2));
    stream.onopen = () => {
      this.#failures = 0;
      this.#stopPolling();
      this.#become("live");
      this.#awaitSound();
    };
    stream.onmessage = ({ data }) => {
      this.#show(JSON.parse(data));
      this.#become("live");
      this.#awaitSound();
    };
    stream.addEventListener("poll", ({ data }) => {
      this.#onPoll(JSON.parse(data));
      this.#awaitSound();
    });
    stream.addEventListener("fresh", ({ data }) => this.#hearFresh(Date.parse(JSON.parse(data).at)));
    // The browser's own reconnecting gives up at the first answer that is not 200, and is not spread.
    stream.onerror = () => this.#lost();
  }

  /** The results are current as of that instant. While it does not advance, votes are not counted. */
  #hearFresh(at) {
    const heard = performance.now();
    const before = this.#fresh;
    this.#fresh = { at, heard };
    this.#awaitSound();
    if (before) {
      this.#become(at - before.at < (heard - before.heard) / 2 ? "delayed" : "live");
    } else if (Date.now() - at > OLD_MS) {
      clearTimeout(this.#silenceTimer);
      this.#silenceTimer = setTimeout(() => this.#ask(false), upTo(POLL_MS));
    }
  }

  #lost() {
    this.#stream?.close();
    clearTimeout(this.#silenceTimer);
    if (!navigator.onLine) return this.#goOffline();
    if (this.#state === "live" || this.#state === "delayed") this.#become("reconnecting");
    const wait =
      this.#failures === 0
        ? upTo(RETURN_MS)
        : about(Math.min(RETURN_MS * 2 ** (this.#failures - 1), LAST_RETURN_MS));
    this.#failures += 1;
    clearTimeout(this.#returnTimer);
    this.#returnTimer = setTimeout(() => this.#open(), wait);
    if (this.#pollRound) return;
    // A page without results was just opened, and lost nothing together with a crowd.
    if (!this.#known) this.#pollIn(upTo(1000));
    else if (this.#failures > 1) this.#pollIn(POLL_MS + about(POLL_MS));
  }

  #pollIn(wait) {
    clearTimeout(this.#pollTimer);
    this.#pollRound = {};
    this.#pollTimer = setTimeout(() => this.#poll(), wait);
  }

  async #poll() {
    const round = this.#pollRound;
    const { answered } = await this.#refresh();
    if (round !== this.#pollRound) return;
    this.#failedPolls = answered ? 0 : this.#failedPolls + 1;
    this.#become(answered ? "polling" : "reconnecting");
    this.#pollIn(about(Math.min(POLL_MS * 2 ** this.#failedPolls, LAST_POLL_MS)));
  }

  #stopPolling() {
    clearTimeout(this.#pollTimer);
    this.#pollRound = undefined;
    this.#failedPolls = 0;
  }

  #awaitSound() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#ask(true), SILENCE_MS + upTo(SILENCE_SPREAD_MS));
  }

  /** Polls once, beside the stream, for the results and whether votes are counted. */
  async #ask(wasSilent) {
    const stream = this.#stream;
    const { answered, stale } = await this.#refresh();
    if (stream !== this.#stream) return;
    // A stream that stopped sending fresh events is dead, even if requests are answered.
    if (!answered || (wasSilent && this.#fresh && !stale)) return this.#lost();
    this.#become(stale ? "delayed" : "live");
    this.#awaitSound();
  }

  async #refresh() {
    try {
      const { results, stale, round } = await fetchResults();
      if (this.#state !== "paused") this.#show(results, round);
      return { answered: true, stale };
    } catch {
      return { answered: false };
    }
  }

  #show(results, round) {
    this.#known = true;
    this.#onResults(results, round);
  }

  #visibilityChanged() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#disconnect(), HIDDEN_MS);
    } else if (!this.#isOpen() && navigator.onLine) {
      this.#connect();
    }
  }

  #goOffline() {
    if (this.#state === "paused") return;
    this.#disconnect();
    this.#become("offline");
  }

  #disconnect() {
    this.#stream?.close();
    this.#stream = undefined;
    this.#stopPolling();
    clearTimeout(this.#returnTimer);
    clearTimeout(this.#silenceTimer);
  }

  #become(state) {
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    this.#onState(state, before);
  }
}
