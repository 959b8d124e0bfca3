// Shows and announces what is voted on: title, language, state, countdown, and the rules.

import { Announcer } from "./announcer.js";
import { countdown } from "./poll.js";

const DAY_MS = 86400000;
/** When the time that is left is announced, in milliseconds. */
const MARKS = [60000, 10000];

export class PollView {
  #line = document.getElementById("poll-state");
  #announcer = new Announcer(document.getElementById("poll-announcement"));
  #shown;

  /** @param poll nothing where the vote is that of config.json */
  show({ title, poll }, texts) {
    document.title = title;
    document.getElementById("title").textContent = title;
    if (!poll && texts.language === document.documentElement.lang && !this.#shown) return;
    document.documentElement.lang = texts.language;
    for (const [selector, words] of Object.entries(texts.page)) {
      document.querySelector(selector).textContent = words;
    }
    document.querySelector("#rules p").textContent = texts.rules[rules(poll?.definition)];
    if (!poll) this.#leave();
  }

  /** @returns the state */
  tick(poll, texts) {
    const { state, next } = poll;
    const words = this.#words(state, next, texts);
    if (this.#line.textContent !== words) this.#line.textContent = words;
    this.#line.dataset.state = state;
    const left = next?.left ?? Infinity;
    const before = this.#shown;
    const at = next?.at.getTime();
    this.#shown = { state, left, at };
    const passed = MARKS.some((mark) => left <= mark && before?.left > mark);
    if (before && (passed || before.state !== state || before.at !== at)) this.#announcer.now(words);
    return state;
  }

  /** For a button that had the focus and is gone. */
  focus() {
    this.#line.focus();
  }

  #words(state, next, texts) {
    if (state === "Closed") return texts.closed;
    if (state === "Final") return texts.final;
    if (!next) return texts.open;
    const [soon, later] =
      state === "Upcoming" ? [texts.opensIn, texts.opensAt] : [texts.closesIn, texts.closesAt];
    if (next.left <= DAY_MS) return soon(countdown(next.left));
    const date = new Intl.DateTimeFormat(texts.language, { dateStyle: "medium", timeStyle: "short" });
    return later(date.format(next.at));
  }

  #leave() {
    this.#shown = undefined;
    this.#line.textContent = "";
    delete this.#line.dataset.state;
  }
}

function rules(definition) {
  const { per, changeable } = definition?.ballots ?? {};
  return per === "Browser" || per === "Token" ? per + (changeable === false ? "First" : "Last") : "Request";
}
