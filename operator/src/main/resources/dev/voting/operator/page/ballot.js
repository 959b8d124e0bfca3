// The person's vote from the click until it is accepted. Knows nothing of the document.
//
//   idle ──choose──► sending ──201──► accepted ──choose──► …
//                      │  ▲
//                      ▼  └──retry (same key)
//                    failed ──discard──► idle
//
// A failed vote stays until it is sent or discarded, even over a reload.

import { newKey, sendVote } from "./vote-api.js";

const STORED = "unsent-vote";

export class Ballot {
  onChange = () => {};
  state = { name: "idle" };
  #storage;

  constructor(options, storage) {
    this.#storage = storage;
    const unsent = JSON.parse(storage.getItem(STORED));
    const option = options.find(({ id }) => id === unsent?.option);
    if (option) {
      this.state = { name: "failed", option, key: unsent.key, reason: "unsent", retryAfter: 0 };
    }
  }

  /**
   * Votes for this option. While a vote is in flight, nothing else is sent. After a failure it means
   * the same vote again, or, for another option, a change of mind.
   */
  choose(option) {
    if (this.state.name === "sending") return;
    const again = this.state.name === "failed" && this.state.option.id === option.id;
    this.#send(option, again ? this.state.key : newKey());
  }

  /** Sends a failed vote again, with the key it had, so that it cannot count twice. */
  retry() {
    if (this.state.name === "failed") this.#send(this.state.option, this.state.key);
  }

  discard() {
    if (this.state.name !== "failed") return;
    this.#storage.removeItem(STORED);
    this.#change({ name: "idle" });
  }

  async #send(option, key) {
    this.#storage.setItem(STORED, JSON.stringify({ option: option.id, key }));
    this.#change({ name: "sending", option, key });
    const { accepted, reason, retryAfter } = await sendVote(option.id, key);
    if (accepted) {
      this.#storage.removeItem(STORED);
      this.#change({ name: "accepted", option });
    } else {
      this.#change({ name: "failed", option, key, reason, retryAfter });
    }
  }

  #change(state) {
    this.state = state;
    this.onChange(state);
  }
}
