// Shows and announces the results.

import { Announcer } from "./announcer.js";

const CONNECTION = {
  connecting: "Connecting",
  live: "Live",
  delayed: "Counting is delayed",
  polling: "Every few seconds",
  reconnecting: "Reconnecting",
  offline: "Offline",
  paused: "Paused",
};

const whole = new Intl.NumberFormat("en");
/** All digits of the service, which makes them add up. */
const percent = new Intl.NumberFormat("en", { maximumFractionDigits: 10 });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

export class ResultsView {
  /** Called with whether the person has paused the results. */
  onPause = () => {};
  #options;
  #section = document.getElementById("results");
  #connection = document.getElementById("connection");
  #pause = document.getElementById("pause");
  #summary = document.getElementById("summary");
  #announcer = new Announcer(document.getElementById("announcement"));
  #rows = new Map();
  #time = document.createElement("time");
  #total = document.createElement("span");
  #lead = document.createElement("span");
  #state = "connecting";
  #standing;

  constructor(options) {
    this.#options = options;
    for (const option of options) {
      const row = standing(option);
      this.#rows.set(option.id, row);
      document.getElementById("standings").append(row.item);
      document.getElementById("bar").append(row.segment);
    }
    this.#total.className = "total";
    this.#lead.className = "lead";
    this.#pause.hidden = false;
    this.#pause.addEventListener("click", () => this.onPause(this.#state !== "paused"));
    setInterval(() => this.#showAge(), 1000);
  }

  showConnection(state) {
    const paused = state === "paused";
    const resumed = this.#state === "paused";
    this.#state = state;
    this.#connection.dataset.state = state;
    this.#connection.querySelector(".text").textContent = CONNECTION[state];
    this.#pause.textContent = paused ? "Resume" : "Pause";
    const stale = state === "reconnecting" || state === "offline";
    if (this.#standing) this.#section.dataset.stale = String(stale);
    else this.#section.dataset.state = stale ? "error" : paused ? "empty" : "loading";
    if (!this.#standing) this.#summary.textContent = withoutResults(state);
    this.#showAge();
    if (paused) this.#announcer.now("The results are paused.");
    else if (resumed) this.#announcer.now("The results move again.");
    else this.#announcer.soon(() => this.#spoken());
  }

  show(results) {
    const before = this.#standing;
    // The stream and a request may answer in either order; older results never replace newer ones.
    if (before && results.total < before.total && results.last_updated < before.last_updated) return;
    this.#standing = results;
    this.#section.dataset.state = results.total > 0 ? "counted" : "empty";
    this.#section.dataset.stale = "false";
    for (const { id } of this.#options) {
      const { count, percentage, segment, item } = this.#rows.get(id);
      const share = results[`${id}_percentage`];
      count.textContent = votes(results[id]);
      percentage.textContent = results.total > 0 ? `${percent.format(share)}%` : "–";
      segment.hidden = results[id] === 0; // so that the other one's end is the bar's
      segment.style.flexGrow = String(share);
      if (before && results[id] > before[id]) pop(item);
    }
    if (results.total > 0) {
      this.#total.textContent = `${votes(results.total)} in all`;
      this.#lead.textContent = this.#leadText(results);
      this.#time.dateTime = results.last_updated;
      this.#time.title = clock.format(new Date(results.last_updated));
      this.#showAge();
      if (!this.#time.isConnected) this.#summary.replaceChildren(this.#lead, this.#total, this.#time);
    } else {
      this.#summary.textContent = "No votes yet. Yours can be the first!";
    }
    this.#announcer.soon(() => this.#spoken());
  }

  #leadText(results) {
    const [first, second] = this.#options.toSorted((a, b) => results[b.id] - results[a.id]);
    const lead = results[first.id] - results[second.id];
    return lead > 0 ? `${first.label} ahead by ${whole.format(lead)}` : "It is a tie";
  }

  /** While the results are paused, nothing moves, not even their age. */
  #showAge() {
    if (!this.#time.dateTime) return;
    const date = new Date(this.#time.dateTime);
    const text = this.#state === "paused" ? `as of ${clock.format(date)}` : `updated ${age(date)}`;
    if (this.#time.textContent !== text) this.#time.textContent = text;
  }

  #spoken() {
    const parts = [];
    if (["delayed", "reconnecting", "offline"].includes(this.#state)) {
      parts.push(`${CONNECTION[this.#state]}.`);
    }
    if (this.#standing?.total > 0) {
      const each = this.#options.map(({ id, label }) => {
        const { count, percentage } = this.#rows.get(id);
        return `${label} ${percentage.textContent}, ${count.textContent}`;
      });
      parts.push(`${each.join("; ")}.`);
    } else if (this.#standing) {
      parts.push("No votes yet.");
    }
    return parts.join(" ");
  }
}

function withoutResults(state) {
  return {
    offline: "You are offline. The results come when you are connected.",
    reconnecting: "No results right now. They come when the service answers.",
    paused: "No results yet.",
  }[state] ?? "Loading the results…";
}

/** The option's picture, or its first letter when it has none. */
export function icon({ icon: file, label }) {
  if (!file) {
    const letter = document.createElement("span");
    letter.className = "icon letter";
    letter.ariaHidden = "true";
    letter.textContent = label[0];
    return letter;
  }
  const image = document.createElement("img");
  image.className = "icon";
  image.src = new URL(file, import.meta.url);
  image.alt = "";
  return image;
}

function standing(option) {
  const item = document.createElement("li");
  item.dataset.option = option.id;
  const [label, percentage, count] = ["label", "percentage", "count"].map((name) => {
    const part = document.createElement("span");
    part.className = name;
    return part;
  });
  label.textContent = option.label;
  item.append(label, percentage, count);
  const segment = document.createElement("span");
  segment.className = "segment";
  segment.dataset.option = option.id;
  return { item, percentage, count, segment };
}

function pop(item) {
  item.classList.remove("pop");
  void item.offsetWidth; // so that the animation starts again
  item.classList.add("pop");
}

function votes(count) {
  return `${whole.format(count)} ${count === 1 ? "vote" : "votes"}`;
}

function age(date) {
  const seconds = Math.min(0, Math.round((date - Date.now()) / 1000));
  if (seconds > -2) return "just now";
  if (seconds > -60) return ago.format(seconds, "second");
  if (seconds > -3600) return ago.format(Math.round(seconds / 60), "minute");
  if (seconds > -86400) return ago.format(Math.round(seconds / 3600), "hour");
  return ago.format(Math.round(seconds / 86400), "day");
}
