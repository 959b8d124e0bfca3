// The choices, the state of the vote, and what to do when it failed.

import { icon } from "./results-view.js";

/** Clicks within this time are one. A slow double click takes half a second. */
const BURST_MS = 700;

/** Vain to send again: the same answer would come. */
const FINAL_REASONS = ["closed", "no-token"];

export class BallotView {
  #ballot;
  #texts;
  #open = true;
  #lacksToken = false;
  #choices = new Map();
  #list = document.getElementById("choices");
  #status = document.getElementById("vote-status");
  #failure = document.getElementById("failure");
  #title = document.getElementById("failure-title");
  #text = document.getElementById("failure-text");
  #retry = document.getElementById("retry");
  #discard = document.getElementById("discard");
  #waiting;

  constructor(ballot) {
    this.#ballot = ballot;
    this.#retry.addEventListener("click", () => {
      if (this.#retry.ariaDisabled !== "true") ballot.retry();
    });
    this.#discard.addEventListener("click", () => ballot.discard());
    takeBurstsAsOne(document.getElementById("ballot"));
  }

  /**
   * Shows these options in these words.
   *
   * @returns whether a button had the focus that is there no more
   */
  use(options, texts, lacksToken = false) {
    this.#texts = texts;
    this.#lacksToken = lacksToken;
    const focused = document.activeElement;
    const had = this.#list.contains(focused);
    const before = this.#choices;
    this.#choices = new Map();
    for (const option of options) {
      const known = before.get(option.id);
      const button = known ?? choice();
      before.delete(option.id);
      label(button, option);
      button.onclick = () => this.#ballot.choose(option);
      this.#choices.set(option.id, button);
    }
    for (const button of before.values()) button.remove();
    let place = 0;
    for (const button of this.#choices.values()) {
      if (this.#list.children[place] !== button) this.#list.insertBefore(button, this.#list.children[place] ?? null);
      place += 1;
    }
    this.#list.dataset.many = String(options.length > 2);
    this.#list.hidden = !this.#open || lacksToken;
    if (had && focused.isConnected && !this.#list.hidden) focused.focus(); // a button that is moved loses it
    this.show(this.#ballot.state);
    return had && document.activeElement !== focused;
  }

  /**
   * Only an open vote has buttons.
   *
   * @returns whether a button had the focus that is there no more
   */
  open(open) {
    if (this.#open === open) return false;
    this.#open = open;
    const had = this.#list.contains(document.activeElement);
    this.#list.hidden = !open || this.#lacksToken;
    this.show(this.#ballot.state);
    return had && this.#list.hidden;
  }

  show(state) {
    // The focus must not be lost with a button that disappears.
    const focusWasInFailure = this.#failure.contains(document.activeElement);
    const resting = state.name === "sending" || state.name === "accepted" || this.#ballot.settled;
    for (const [id, button] of this.#choices) {
      const own = state.option?.id === id;
      // aria-disabled keeps the focus where it is; the ballot itself ignores a second click.
      button.ariaDisabled = String(resting);
      button.ariaBusy = String(state.name === "sending" && own);
      button.dataset.state = own ? state.name : "idle";
      button.dataset.own = String(this.#ballot.own === id);
      button.querySelector(".mark").textContent = (own && this.#mark(state)) || this.#invitation(id);
    }
    const words = this.#statusText(state);
    if (this.#status.textContent !== words) this.#status.textContent = words; // said once
    this.#showFailure(state);
    if (focusWasInFailure && this.#failure.hidden) {
      const line = document.getElementById("poll-state");
      const button = this.#choices.get(state.option?.id) ?? this.#choices.values().next().value;
      (this.#list.hidden ? line : button).focus();
    }
  }

  /** The connection works again: updates the panel of a vote that failed without it. */
  showBack() {
    const { name, option, reason } = this.#ballot.state;
    if (name !== "failed" || !["offline", "unreachable", "unavailable"].includes(reason)) return;
    const { back, ready } = this.#texts;
    this.#title.textContent = reason === "offline" ? back.offline : back.other;
    this.#text.textContent = ready(option.label);
  }

  #invitation(id) {
    const { settled, own, voted } = this.#ballot;
    const texts = this.#texts;
    if (own === id) return texts.own;
    if (settled) return "";
    if (own !== undefined) return texts.change;
    return voted ? texts.again : texts.vote;
  }

  #showFailure(state) {
    const texts = this.#texts;
    const sendingAgain = state.name === "sending" && !this.#failure.hidden;
    const stale = state.name === "stale";
    clearInterval(this.#waiting);
    const retryHadFocus = document.activeElement === this.#retry;
    this.#retry.hidden = stale || (state.name === "failed" && FINAL_REASONS.includes(state.reason));
    this.#retry.ariaDisabled = String(sendingAgain);
    this.#retry.textContent = sendingAgain ? texts.sending : texts.retry;
    this.#discard.hidden = sendingAgain;
    this.#failure.hidden = state.name !== "failed" && !stale && !sendingAgain;
    if (state.name !== "failed" && !stale) return;
    this.#title.textContent = texts.failures[stale ? "stale" : state.reason];
    this.#text.textContent = this.#failureText(state);
    if (retryHadFocus && this.#retry.hidden) this.#discard.focus();
    this.#failure.scrollIntoView({ block: "nearest" });
    if (state.retryAfter > 0 && !this.#retry.hidden) this.#countDown(state.retryAfter);
  }

  /** An early retry would fail again, so the button shows how long to wait. */
  #countDown(seconds) {
    const until = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      this.#retry.ariaDisabled = String(left > 0);
      this.#retry.textContent = left > 0 ? this.#texts.retryIn(left) : this.#texts.retry;
      if (left <= 0) clearInterval(this.#waiting);
    };
    this.#waiting = setInterval(tick, 250);
    tick();
  }

  #mark({ name, mayCount }) {
    const texts = this.#texts;
    if (name === "stale") return texts.notSent;
    if (name === "failed") return mayCount ? texts.unclear : texts.notCounted;
    return { sending: texts.sending, accepted: texts.thanks }[name];
  }

  #statusText({ name, option, accepted, received, mayCount, stale }) {
    const texts = this.#texts;
    if (name === "sending") return texts.sendingFor(option.label);
    if (name === "accepted" || accepted) {
      const { label } = option ?? accepted;
      return received ? texts.received(label) : texts.accepted(label);
    }
    if (name === "discarded" && stale) return texts.discardedStale;
    if (name === "discarded") return (mayCount ? texts.discardedUnclear : texts.discarded)(option.label);
    return this.#lacksToken && this.#open ? texts.needsLink : "";
  }

  #failureText({ name, option: { label }, reason, mayCount, kept }) {
    const texts = this.#texts;
    if (name === "stale") return mayCount ? texts.staleMayCount : texts.stale;
    if (reason === "refused") return texts.refused(label);
    const known = (mayCount ? texts.mayCount : texts.doesNotCount)(label);
    if (reason === "no-token") return `${known} ${texts.askForLink}`;
    if (reason === "closed") return known;
    const here = kept ? texts.kept : texts.keptHere;
    return `${known} ${here} ${texts.wayOut[reason] ?? texts.wayOut.other}`;
  }
}

/** Ignores further clicks of a burst, and a key that is held. */
function takeBurstsAsOne(section) {
  let last = -BURST_MS;
  const drop = (event) => {
    if (event.timeStamp - last < BURST_MS) event.stopImmediatePropagation();
    last = event.timeStamp;
  };
  section.addEventListener("click", drop, { capture: true });
  section.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
}

function choice() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "choice";
  const words = document.createElement("span");
  words.className = "label";
  const mark = document.createElement("span");
  mark.className = "mark";
  button.append(words, mark);
  return button;
}

function label(button, option) {
  button.dataset.option = option.id;
  if (option.index) button.dataset.index = option.index;
  else delete button.dataset.index;
  button.querySelector(".label").textContent = option.label;
  button.querySelector(".icon")?.remove();
  button.prepend(icon(option));
}
