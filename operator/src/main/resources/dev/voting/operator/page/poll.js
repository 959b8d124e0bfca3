// The poll: its definition, its state by the service's clock, and when to ask for it again.

import { storage } from "./storage.js";
import { fetchPoll } from "./vote-api.js";

const STORED = "poll";
/** A service that has just failed is asked once more, not by all pages at once. */
const RETRY_MS = 500;
const SPREAD_MS = 2000;
/** Pages without a stream ask no more often than for the results. */
const PAUSE_MS = 5000;
const DAY_MS = 86400000;
const HOUR_MS = 3600000;

const upTo = (ms) => Math.random() * ms;

export class Poll {
  /** Called when there is another definition, or none any more. */
  onDefinition = () => {};
  /** Called when the state may have changed, and each second of a countdown. */
  onTick = () => {};
  /** As /api/poll gives it; undefined without a poll. */
  definition;
  /** How far the service's clock is ahead, in milliseconds. */
  #offset = -Infinity;
  #heard = 0;
  #askedAt = -PAUSE_MS;
  #askTimer;
  #tickTimer;

  /** Asks whether there is a poll. While the service does not answer, the last one of this tab is right. */
  async start() {
    try {
      const found = await fetchPoll().catch(async (error) => {
        if (error.name === "TimeoutError") throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS + upTo(RETRY_MS)));
        return fetchPoll();
      });
      this.#take(found, true);
    } catch {
      const { definition, offset } = storage.read(STORED) ?? {};
      if (!isDefinition(definition) || !Number.isFinite(offset)) return;
      this.definition = definition;
      this.#offset = offset;
      this.#await();
    }
  }

  /** The stream has a definition. */
  hear(definition) {
    this.#heard += 1;
    if (!isDefinition(definition)) return;
    this.#take(definition, false);
    this.onDefinition();
  }

  /**
   * Results have come that may be of another definition; asks for it, spread over two seconds.
   *
   * @param urgent they are of another one, not only come without a stream
   */
  ask(urgent) {
    const now = performance.now();
    if (this.#askTimer || now - this.#askedAt < (urgent ? SPREAD_MS : PAUSE_MS)) return;
    this.#askedAt = now;
    this.#askTimer = setTimeout(() => this.#ask(), upTo(SPREAD_MS));
  }

  async #ask() {
    const heard = this.#heard;
    try {
      const found = await fetchPoll();
      if (heard !== this.#heard) return; // the stream has said something newer meanwhile
      if (!found && !this.definition) return;
      this.#take(found, true);
      this.onDefinition();
    } catch {
      // The next results ask again.
    } finally {
      this.#askTimer = undefined;
    }
  }

  /** Upcoming, Open, Closed or Final. */
  get state() {
    const { opensAt, closesAt, final } = this.definition;
    const now = this.#now();
    if (final) return "Final";
    if (closesAt && now >= Date.parse(closesAt)) return "Closed";
    return opensAt && now < Date.parse(opensAt) ? "Upcoming" : "Open";
  }

  /** When the state changes next, and in how many milliseconds; nothing if it never does. */
  get next() {
    const { state } = this;
    const at = { Upcoming: this.definition.opensAt, Open: this.definition.closesAt }[state];
    return at && { at: new Date(at), left: Date.parse(at) - this.#now() };
  }

  #now() {
    return Date.now() + this.#offset;
  }

  /** @param fresh whether it was made for this page now; what a stream repeats may be older */
  #take(definition, fresh) {
    this.definition = isDefinition(definition) ? definition : undefined;
    clearTimeout(this.#tickTimer);
    if (!this.definition) return storage.remove(STORED);
    const offset = (Date.parse(definition.now) || Date.now()) - Date.now();
    this.#offset = fresh ? offset : Math.max(offset, this.#offset);
    storage.write(STORED, { definition, offset: this.#offset });
    this.#await();
  }

  #await() {
    const { next } = this;
    if (!next) return;
    // Whole seconds are left at each tick of a countdown.
    const wait = next.left > DAY_MS ? Math.min(next.left - DAY_MS, HOUR_MS) : next.left % 1000 || 1000;
    this.#tickTimer = setTimeout(() => {
      this.onTick();
      this.#await();
    }, wait);
  }
}

function isDefinition(value) {
  return typeof value?.round === "string" && Array.isArray(value.options);
}

/** 4:59, 1:04:59 */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
