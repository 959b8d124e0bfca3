// The choices, the state of the vote, and what to do when it failed.

import { icon } from "./results-view.js";

/** Clicks within this time are one. A slow double click takes half a second. */
const BURST_MS = 700;

const TITLES = {
  offline: "You are offline",
  unreachable: "The voting service did not answer",
  unavailable: "The voting service could not take your vote",
  "too-many": "Too many votes at once",
  refused: "This vote was not accepted",
  unsent: "A vote is waiting",
};

export class BallotView {
  #ballot;
  #choices = new Map();
  #status = document.getElementById("vote-status");
  #failure = document.getElementById("failure");
  #title = document.getElementById("failure-title");
  #text = document.getElementById("failure-text");
  #retry = document.getElementById("retry");
  #discard = document.getElementById("discard");
  #waiting;

  constructor(options, ballot) {
    this.#ballot = ballot;
    const list = document.getElementById("choices");
    for (const option of options) {
      const button = choice(option);
      button.addEventListener("click", () => ballot.choose(option));
      this.#choices.set(option.id, button);
      list.append(button);
    }
    this.#retry.addEventListener("click", () => {
      if (this.#retry.ariaDisabled !== "true") ballot.retry();
    });
    this.#discard.addEventListener("click", () => ballot.discard());
    takeBurstsAsOne(document.getElementById("ballot"));
  }

  show(state) {
    // The focus must not be lost with a button that disappears.
    const focusWasInFailure = this.#failure.contains(document.activeElement);
    const resting = state.name === "sending" || state.name === "accepted";
    for (const [id, button] of this.#choices) {
      const own = state.option?.id === id;
      // aria-disabled keeps the focus where it is; the ballot itself ignores a second click.
      button.ariaDisabled = String(resting);
      button.ariaBusy = String(state.name === "sending" && own);
      button.dataset.state = own ? state.name : "idle";
      button.querySelector(".mark").textContent = (own && mark(state)) || this.#invitation();
    }
    const words = status(state);
    if (this.#status.textContent !== words) this.#status.textContent = words; // said once
    this.#showFailure(state);
    if (focusWasInFailure && this.#failure.hidden) {
      (this.#choices.get(state.option?.id) ?? this.#choices.values().next().value).focus();
    }
  }

  /** The connection works again: updates the panel of a vote that failed without it. */
  showBack() {
    const { name, option, reason } = this.#ballot.state;
    if (name !== "failed" || !["offline", "unreachable", "unavailable"].includes(reason)) return;
    this.#title.textContent =
      reason === "offline" ? "You are connected again" : "The voting service is back";
    this.#text.textContent = `Your vote for ${option.label} is ready to be sent. It never counts twice.`;
  }

  #invitation() {
    return this.#ballot.voted ? "Vote again" : "Vote";
  }

  #showFailure(state) {
    const sendingAgain = state.name === "sending" && !this.#failure.hidden;
    clearInterval(this.#waiting);
    this.#retry.ariaDisabled = String(sendingAgain);
    this.#retry.textContent = sendingAgain ? "Sending…" : "Try again";
    this.#discard.hidden = sendingAgain;
    this.#failure.hidden = state.name !== "failed" && !sendingAgain;
    if (state.name !== "failed") return;
    this.#title.textContent = TITLES[state.reason];
    this.#text.textContent = failureText(state);
    this.#failure.scrollIntoView({ block: "nearest" });
    if (state.retryAfter > 0) this.#countDown(state.retryAfter);
  }

  /** An early retry would fail again, so the button shows how long to wait. */
  #countDown(seconds) {
    const until = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      this.#retry.ariaDisabled = String(left > 0);
      this.#retry.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
      if (left <= 0) clearInterval(this.#waiting);
    };
    this.#waiting = setInterval(tick, 250);
    tick();
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

function choice(option) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "choice";
  button.dataset.option = option.id;
  const label = document.createElement("span");
  label.className = "label";
  label.textContent = option.label;
  const mark = document.createElement("span");
  mark.className = "mark";
  button.append(icon(option), label, mark);
  return button;
}

function mark({ name, mayCount }) {
  if (name === "failed") return mayCount ? "Unclear" : "Not counted";
  return { sending: "Sending…", accepted: "✓ Thank you" }[name];
}

function status({ name, option, accepted, mayCount }) {
  if (name === "sending") return `Sending your vote for ${option.label}…`;
  if (name === "accepted" || accepted) return `Thank you! Your vote for ${(option ?? accepted).label} is in.`;
  if (name !== "discarded") return "";
  return mayCount
    ? `Discarded, but your vote for ${option.label} may count all the same: whether it was taken is not known.`
    : `Discarded. Your vote for ${option.label} was not counted.`;
}

function failureText({ option: { label }, reason, mayCount, kept }) {
  if (reason === "refused") {
    return `The voting service does not take a vote for ${label}. Reload the page, then vote again.`;
  }
  const known = mayCount
    ? `Your vote for ${label} may or may not be counted already.`
    : `Your vote for ${label} was not counted.`;
  const here = kept ? "It is kept here." : "It is kept here until you leave or reload the page.";
  const wayOut = {
    offline: "Send it when you are connected again: it never counts twice.",
    "too-many": "Please wait a moment, then try again.",
  };
  return `${known} ${here} ${wayOut[reason] ?? "Trying again never counts it twice."}`;
}
