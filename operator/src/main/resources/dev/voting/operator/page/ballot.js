// The person's vote from the click until it is accepted. Knows nothing of the document.
//
//   idle ──choose──► sending ──201──► accepted ──a moment later──► idle
//                      │  ▲
//                      ▼  └──retry (same key)
//                    failed ──discard──► discarded ──choose──► …
//
// A failed vote stays until it is sent or discarded, even over a reload. It belongs to the round of the poll
// that it was cast in: in any other one it is stale, and is never sent.

import { newKey, sendVote } from "./vote-api.js";

const STORED = "unsent-vote";
const VOTED = "voted";
/** What was accepted last, and in which round of a poll. */
const CHOICE = "choice";
/** No further vote in this time, so that the next one is a decision, not a click of the same burst. */
const REST_MS = 1500;

/** Removes what this tab remembers of the voter before. */
export function forgetVoter(storage) {
  storage.remove(STORED);
  storage.remove(CHOICE);
}

export class Ballot {
  onChange = () => {};
  state = { name: "idle" };
  /** Whether a vote was accepted here before, in this round. */
  voted = false;
  /** The id of the option that the voter has chosen, where each voter has one ballot. */
  own;
  /** Whether the voter's one ballot is cast for good. */
  settled = false;
  #storage;
  #options = [];
  #terms = {};

  /** @param terms {round, open, perVoter, changeable, token} of a poll, or nothing */
  constructor(options, storage, terms = {}) {
    this.#storage = storage;
    this.use(options, terms);
  }

  /** These options and terms hold from now on. */
  use(options, terms = {}) {
    this.#options = options;
    this.#terms = terms;
    this.#recall();
    const { name } = this.state;
    if (name === "sending") return; // its answer says what becomes of it
    if (name === "failed" || name === "stale") {
      const { reason } = this.state;
      const over = reason === "another-round" || (terms.open && (reason === "closed" || reason === "not-open"));
      return this.#become(this.#kept({ ...this.state, reason: over ? "unsent" : reason }));
    }
    const unsent = this.#storage.read(STORED);
    if (typeof unsent?.option === "string" && typeof unsent.key === "string") {
      const { option: id, key, round } = unsent;
      const mayCount = unsent.mayCount !== false;
      const vote = { option: { id }, key, round, reason: "unsent", retryAfter: 0, mayCount, kept: true };
      const state = this.#kept(vote);
      if (state.name !== "idle") return this.#become(state);
    }
    const option = this.#find((this.state.option ?? this.state.accepted)?.id);
    if (this.state.round !== terms.round || !option) return this.#become({ name: "idle" });
    this.#become({ ...this.state, ...(name === "idle" ? { accepted: option } : { option }) });
  }

  /**
   * Votes for this option. While a vote is in flight, nothing else is sent. After a failure it means
   * the same vote again, or, for another option, a change of mind.
   */
  choose(option) {
    const { name } = this.state;
    if (name === "sending" || name === "accepted" || this.settled) return;
    if (name === "failed" && this.state.option.id === option.id) return this.retry();
    this.#send(option, newKey(), false);
  }

  /** Sends a failed vote again, with the key it had, so that it cannot count twice. */
  retry() {
    const { name, option, key, mayCount } = this.state;
    if (name === "failed") this.#send(option, key, mayCount);
  }

  discard() {
    const { name, option, mayCount, round } = this.state;
    if (name !== "failed" && name !== "stale") return;
    this.#storage.remove(STORED);
    this.#change({ name: "discarded", option, mayCount, round, stale: name === "stale" });
  }

  async #send(option, key, mightHaveCounted) {
    const { round, token } = this.#terms;
    this.#keep({ option, key, round, mayCount: true }); // its result is unknown after a reload
    this.#change({ name: "sending", option, key, round });
    const { accepted, received, reason, retryAfter, mayCount: mayNow } = await sendVote(option.id, key, { round, token });
    if (accepted) return this.#accept(option, round, received);
    const mayCount = mightHaveCounted || mayNow; // an earlier attempt stays unknown
    const vote = { option, key, round, reason, retryAfter, mayCount };
    this.#change(this.#kept({ ...vote, kept: this.#keep(vote) }));
  }

  #accept(option, round, received) {
    this.#storage.remove(STORED);
    if (round === undefined) this.#storage.write(VOTED, true);
    else this.#storage.write(CHOICE, { round, option: option.id });
    if (round !== this.#terms.round) return this.#change({ name: "idle" }); // counted in the round before
    this.voted = true;
    if (this.#terms.perVoter) this.#settle(option.id);
    this.#change({ name: "accepted", option, received, round });
    setTimeout(() => {
      if (this.state.name === "accepted") this.#change({ name: "idle", accepted: option, received, round });
    }, REST_MS);
  }

  /** What became of the voter in this round before. */
  #recall() {
    const { round, perVoter } = this.#terms;
    const choice = this.#storage.read(CHOICE) ?? {};
    const before = this.own;
    // Without storage, what was accepted a moment ago is still known.
    const known = this.voted && this.state.round === round;
    const stored = round === undefined ? this.#storage.read(VOTED) === true : choice.round === round;
    this.voted = stored || known;
    this.own = undefined;
    this.settled = false;
    if (perVoter && this.voted) this.#settle(stored ? choice.option : before);
  }

  /** The first ballot of a voter is not replaced by a second one. */
  #settle(id) {
    const first = !this.#terms.changeable;
    this.own = first ? (this.own ?? id) : id;
    this.settled = first;
  }

  /** The state of a vote that was not sent or not accepted. */
  #kept(vote) {
    const option = this.#find(vote.option?.id);
    if (vote.round !== this.#terms.round || vote.reason === "another-round") return { ...vote, name: "stale" };
    return option ? { ...vote, name: "failed", option } : { name: "idle" };
  }

  #find(id) {
    return this.#options.find((option) => option.id === id);
  }

  #keep({ option, key, round, mayCount }) {
    return this.#storage.write(STORED, { option: option.id, key, mayCount, ...(round !== undefined && { round }) });
  }

  /** Without the event: whoever gives new terms shows the state anyway. */
  #become(state) {
    this.state = state;
  }

  #change(state) {
    this.state = state;
    this.onChange(state);
  }
}
