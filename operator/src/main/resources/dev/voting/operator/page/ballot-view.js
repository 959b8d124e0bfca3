// The choices, what became of the vote, and the way out when it failed.

import { icon } from "./results-view.js";

const FAILURES = {
  offline: [
    "You are offline",
    (option) => `Your vote for ${option} is kept here. Send it when you are connected again.`,
  ],
  unreachable: [
    "The voting service cannot be reached",
    (option) => `Your vote for ${option} is kept here. Trying again never counts it twice.`,
  ],
  unavailable: [
    "The voting service is away for a moment",
    (option) => `Your vote for ${option} is kept here. Trying again never counts it twice.`,
  ],
  "too-many": [
    "Too many votes at once",
    (option) => `Your vote for ${option} is kept here. Please wait a moment, then try again.`,
  ],
  refused: [
    "This vote was not accepted",
    (option) => `The voting service does not take a vote for ${option}. Reload the page, then vote again.`,
  ],
  unsent: [
    "A vote is waiting",
    (option) => `Your vote for ${option} was not confirmed before. Trying again never counts it twice.`,
  ],
};

export class BallotView {
  #choices = new Map();
  #status = document.getElementById("vote-status");
  #failure = document.getElementById("failure");
  #title = document.getElementById("failure-title");
  #text = document.getElementById("failure-text");
  #retry = document.getElementById("retry");
  #discard = document.getElementById("discard");
  #waiting;

  constructor(options, ballot) {
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
    window.addEventListener("online", () => {
      if (ballot.state.reason === "offline") {
        this.#title.textContent = "You are connected again";
        this.#text.textContent = `Your vote for ${ballot.state.option.label} is ready to be sent.`;
      }
    });
  }

  show(state) {
    // Focus must not fall off the page with a button that disappears.
    const focusWasInFailure = this.#failure.contains(document.activeElement);
    for (const [id, button] of this.#choices) {
      // aria-disabled keeps the focus where it is; the ballot itself ignores a second click.
      button.ariaDisabled = String(state.name === "sending");
      button.ariaBusy = String(state.name === "sending" && state.option.id === id);
      button.dataset.state = state.option?.id === id ? state.name : "idle";
      button.querySelector(".mark").textContent = mark(state, id);
    }
    this.#status.textContent = status(state);
    this.#showFailure(state);
    if (focusWasInFailure && this.#failure.hidden) {
      (this.#choices.get(state.option?.id) ?? this.#choices.values().next().value).focus();
    }
  }

  #showFailure(state) {
    const sendingAgain = state.name === "sending" && !this.#failure.hidden;
    clearInterval(this.#waiting);
    this.#retry.ariaDisabled = String(sendingAgain);
    this.#retry.textContent = sendingAgain ? "Sending…" : "Try again";
    this.#discard.hidden = sendingAgain;
    this.#failure.hidden = state.name !== "failed" && !sendingAgain;
    if (state.name !== "failed") return;
    const [title, text] = FAILURES[state.reason];
    this.#title.textContent = title;
    this.#text.textContent = text(state.option.label);
    this.#failure.scrollIntoView({ block: "nearest" });
    if (state.retryAfter > 0) this.#countDown(state.retryAfter);
  }

  /** Too early a retry would only fail again, so the button says for how long. */
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

function mark(state, id) {
  if (state.option?.id !== id) return "Vote";
  return { sending: "Sending…", accepted: "✓ Voted", failed: "Unconfirmed" }[state.name];
}

function status(state) {
  if (state.name === "sending") return `Sending your vote for ${state.option.label}…`;
  if (state.name === "accepted") return `Thank you! Your vote for ${state.option.label} is in.`;
  return "";
}
