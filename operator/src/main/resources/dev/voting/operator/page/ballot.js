// The person's vote from the click until it is accepted. Knows nothing of the document.
//
//   idle ──choose──► sending ──201──► accepted ──a moment later──► idle
//                      │  ▲
//                      ▼  └──retry (same key)
//                    failed ──discard──► discarded ──choose──► …
//
// A failed vote stays until it is sent or discarded, even over a reload.

import { newKey, sendVote } from "./vote-api.js";

const STORED = "unsent-vote";
const VOTED = "voted";
/** No further vote in this time, so that the next one is a decision, not a click of the same burst. */
const REST_MS = 1500;

export class Ballot {
  onChange = () => {};
  state = { name: "idle" };
  /** Whether a vote was accepted here before. */
  voted;
  #storage;

  constructor(options, storage) {
    this.#storage = storage;
    this.voted = storage.read(VOTED) === true;
    const unsent = storage.read(STORED);
    const option = options.find(({ id }) => id === unsent?.option);
    if (option && typeof unsent.key === "string") {
      const mayCount = unsent.mayCount !== false;
      this.state = { name: "failed", option, key: unsent.key, reason: "unsent", retryAfter: 0, mayCount, kept: true };
    }
  }

  /**
   * Votes for this option. While a vote is in flight, nothing else is sent. After a failure it means
   * the same vote again, or, for another option, a change of mind.
   */
  choose(option) {
    const { name } = this.state;
    if (name === "sending" || name === "accepted") return;
    if (name === "failed" && this.state.option.id === option.id) return this.retry();
    this.#send(option, newKey(), false);
  }

  /** Sends a failed vote again, with the key it had, so that it cannot count twice. */
  retry() {
    const { name, option, key, mayCount } = this.state;
    if (name === "failed") this.#send(option, key, mayCount);
  }

  discard() {
    const { name, option, mayCount } = this.state;
    if (name !== "failed") return;
    this.#storage.remove(STORED);
    this.#change({ name: "discarded", option, mayCount });
  }

  async #send(option, key, mightHaveCounted) {
    this.#keep(option, key, true); // its result is unknown after a reload
    this.#change({ name: "sending", option, key });
    const { accepted, reason, retryAfter, mayCount: mayNow } = await sendVote(option.id, key);
    if (accepted) return this.#accept(option);
    const mayCount = mightHaveCounted || mayNow; // an earlier attempt stays unknown
    const kept = this.#keep(option, key, mayCount);
    this.#change({ name: "failed", option, key, reason, retryAfter, mayCount, kept });
  }

  #accept(option) {
    this.#storage.remove(STORED);
    this.#storage.write(VOTED, true);
    this.voted = true;
    this.#change({ name: "accepted", option });
    setTimeout(() => this.#change({ name: "idle", accepted: option }), REST_MS);
  }

  #keep(option, key, mayCount) {
    return this.#storage.write(STORED, { option: option.id, key, mayCount });
  }

  #change(state) {
    this.state = state;
    this.onChange(state);
  }
}
