// Shows and announces the results.

import { Announcer } from "./announcer.js";

/** All digits of the service, which makes them add up. */
const DIGITS = { maximumFractionDigits: 10 };
/** Rows change their places no more often than this. */
const SORT_MS = 2000;
/** How many options are announced. */
const SPOKEN = 3;

export class ResultsView {
  /** Called with whether the person has paused the results. */
  onPause = () => {};
  #options = [];
  #texts;
  #round;
  #percent;
  #ago;
  #clock;
  #section = document.getElementById("results");
  #connection = document.getElementById("connection");
  #pause = document.getElementById("pause");
  #summary = document.getElementById("summary");
  #list = document.getElementById("standings");
  #bar = document.getElementById("bar");
  #announcer = new Announcer(document.getElementById("announcement"));
  #rows = new Map();
  #time = document.createElement("time");
  #total = document.createElement("span");
  #lead = document.createElement("span");
  #state = "connecting";
  #standing;
  #hidden = false;
  #open = true;
  #sortedAt = -SORT_MS;
  #sortTimer;

  constructor() {
    this.#total.className = "total";
    this.#lead.className = "lead";
    this.#pause.hidden = false;
    this.#pause.addEventListener("click", () => this.onPause(this.#state !== "paused"));
    setInterval(() => this.#showAge(), 1000);
  }

  /** Shows the results of these options, those no longer on the ballot too, in these words. */
  use(options, texts, round) {
    const first = !this.#texts;
    if (!first && round !== this.#round) this.#forget();
    this.#round = round;
    this.#options = options;
    this.#texts = texts;
    this.#percent = new Intl.NumberFormat(texts.language, DIGITS).format;
    this.#ago = new Intl.RelativeTimeFormat(texts.language, { numeric: "auto" });
    this.#clock = new Intl.DateTimeFormat(texts.language, { dateStyle: "medium", timeStyle: "medium" });
    const many = options.length > 2;
    this.#section.dataset.many = String(many);
    const before = this.#rows;
    this.#rows = new Map(options.map((option) => [option.id, before.get(option.id) ?? row(option)]));
    for (const [id, { item, segment }] of before) {
      if (this.#rows.has(id)) continue;
      item.remove();
      segment.remove();
    }
    for (const option of options) {
      const { item, segment, track, label } = this.#rows.get(option.id);
      label.textContent = option.retired ? `${option.label} (${texts.retired})` : option.label;
      item.dataset.retired = String(Boolean(option.retired));
      for (const part of [item, segment]) {
        if (option.index) part.dataset.index = option.index;
      }
      // Two share one bar; of more, each has its own.
      track.remove();
      if (many) item.append(track);
      (many ? track : this.#bar).append(segment);
      if (!item.isConnected || !many) this.#list.append(item);
    }
    if (first) return;
    this.showConnection(this.#state);
    if (this.#standing) this.show(this.#standing);
  }

  /** Whether votes are taken. */
  open(open) {
    if (this.#open === open) return;
    this.#open = open;
    if (this.#standing) this.show(this.#standing);
  }

  showConnection(state) {
    const texts = this.#texts;
    const paused = state === "paused";
    const resumed = this.#state === "paused" && !paused;
    const changed = this.#state !== state;
    this.#state = state;
    this.#connection.dataset.state = state;
    this.#connection.querySelector(".text").textContent = texts.connection[state];
    this.#pause.textContent = paused ? texts.resume : texts.pause;
    const stale = state === "reconnecting" || state === "offline";
    if (this.#standing) this.#section.dataset.stale = String(stale);
    else this.#section.dataset.state = stale ? "error" : paused ? "empty" : "loading";
    if (!this.#standing) this.#summary.textContent = texts.withoutResults[state] ?? texts.withoutResults.other;
    this.#showAge();
    if (!changed) return;
    if (paused) this.#announcer.now(texts.paused);
    else if (resumed) this.#announcer.now(texts.resumed);
    else this.#announcer.soon(() => this.#spoken());
  }

  show(results) {
    const before = this.#standing;
    // The stream and a request may answer in either order; older results never replace newer ones. Where a
    // ballot can be changed, newer ones may be fewer.
    const older = before && results.last_updated < before.last_updated;
    if (older && (this.#round !== undefined || results.total < before.total)) return;
    this.#standing = results;
    this.#hidden = !this.#options.some(({ id }) => id in results);
    this.#section.dataset.state = this.#hidden ? "hidden" : results.total > 0 ? "counted" : "empty";
    this.#section.dataset.stale = "false";
    if (this.#hidden) this.#summary.textContent = this.#texts.hidden(results.total);
    else this.#showCounts(results, before);
    this.#announcer.soon(() => this.#spoken());
  }

  #showCounts(results, before) {
    const texts = this.#texts;
    const many = this.#options.length > 2;
    const shareOf = (id) => results[`${id}_percentage`] ?? 0;
    const most = Math.max(...this.#options.map(({ id }) => shareOf(id)));
    for (const { id } of this.#options) {
      const { count, percentage, segment, item } = this.#rows.get(id);
      const share = shareOf(id);
      const votes = results[id] ?? 0; // an option is there before the first results with it
      count.textContent = texts.votes(votes);
      percentage.textContent = results.total > 0 ? `${this.#percent(share)}%` : "–";
      segment.hidden = votes === 0; // so that the other one's end is the bar's
      segment.style.flexGrow = String(many && most > 0 ? share / most : share);
      if (before && votes > before[id]) pop(item);
    }
    if (many) this.#sortSoon();
    if (results.total > 0) {
      this.#total.textContent = texts.total(results.total);
      this.#lead.textContent = this.#leadText(results);
      this.#time.dateTime = results.last_updated;
      this.#time.title = this.#clock.format(new Date(results.last_updated));
      this.#showAge();
      if (!this.#time.isConnected) this.#summary.replaceChildren(this.#lead, this.#total, this.#time);
    } else {
      this.#summary.textContent = this.#open ? texts.firstVote : texts.noVotes;
    }
  }

  /** Results of another round are none of this one. */
  #forget() {
    this.#standing = undefined;
    this.#time.dateTime = "";
    for (const { count, percentage, segment } of this.#rows.values()) {
      count.textContent = percentage.textContent = "";
      segment.hidden = true;
    }
  }

  #sorted() {
    const results = this.#standing;
    return this.#options.toSorted((a, b) => (results[b.id] ?? 0) - (results[a.id] ?? 0));
  }

  /** The most votes first; but nobody's row runs away from under the pointer. */
  #sortSoon() {
    if (this.#sortTimer) return;
    const wait = this.#sortedAt + SORT_MS - performance.now();
    const held = matchMedia("(hover: hover)").matches && this.#list.matches(":hover");
    if (wait <= 0 && !held) return this.#sort();
    this.#sortTimer = setTimeout(
      () => {
        this.#sortTimer = undefined;
        if (this.#standing && !this.#hidden && this.#options.length > 2) this.#sortSoon();
      },
      Math.max(wait, held ? SORT_MS : 0),
    );
  }

  #sort() {
    this.#sortedAt = performance.now();
    this.#sorted().forEach(({ id }, place) => {
      const { item } = this.#rows.get(id);
      if (this.#list.children[place] !== item) this.#list.insertBefore(item, this.#list.children[place] ?? null);
    });
  }

  #leadText(results) {
    const [first, second] = this.#sorted();
    const lead = results[first.id] - results[second.id];
    return lead > 0 ? this.#texts.lead(first.label, lead) : this.#texts.tie;
  }

  /** While the results are paused, nothing moves, not even their age. */
  #showAge() {
    if (!this.#time.dateTime) return;
    const date = new Date(this.#time.dateTime);
    const { asOf, updated } = this.#texts;
    const text = this.#state === "paused" ? asOf(this.#clock.format(date)) : updated(this.#age(date));
    if (this.#time.textContent !== text) this.#time.textContent = text;
  }

  #age(date) {
    const ago = this.#ago;
    const seconds = Math.min(0, Math.round((date - Date.now()) / 1000));
    if (seconds > -2) return this.#texts.justNow;
    if (seconds > -60) return ago.format(seconds, "second");
    if (seconds > -3600) return ago.format(Math.round(seconds / 60), "minute");
    if (seconds > -86400) return ago.format(Math.round(seconds / 3600), "hour");
    return ago.format(Math.round(seconds / 86400), "day");
  }

  #spoken() {
    const texts = this.#texts;
    const parts = [];
    if (["delayed", "reconnecting", "offline"].includes(this.#state)) {
      parts.push(`${texts.connection[this.#state]}.`);
    }
    if (this.#standing && this.#hidden) {
      parts.push(texts.hidden(this.#standing.total));
    } else if (this.#standing?.total > 0) {
      const options = this.#options.length > 2 ? this.#sorted().slice(0, SPOKEN) : this.#options;
      const each = options.map(({ id, label }) => {
        const { count, percentage } = this.#rows.get(id);
        return `${label} ${percentage.textContent}, ${count.textContent}`;
      });
      if (options.length < this.#options.length) each.push(texts.total(this.#standing.total));
      parts.push(`${each.join("; ")}.`);
    } else if (this.#standing) {
      parts.push(texts.noVotes);
    }
    return parts.join(" ");
  }
}

/** The option's picture or emoji, or its first letter when it has none. */
export function icon({ icon: file, emoji, label }) {
  if (file) {
    const image = document.createElement("img");
    image.className = "icon";
    image.src = new URL(file, import.meta.url);
    image.alt = "";
    return image;
  }
  const sign = document.createElement("span");
  sign.className = emoji ? "icon emoji" : "icon letter";
  sign.ariaHidden = "true";
  sign.textContent = emoji ?? [...label][0];
  return sign;
}

function row(option) {
  const item = document.createElement("li");
  item.dataset.option = option.id;
  const [label, percentage, count, track, segment] = ["label", "percentage", "count", "track", "segment"].map(
    (name) => {
      const part = document.createElement("span");
      part.className = name;
      return part;
    },
  );
  label.textContent = option.label;
  item.append(label, percentage, count);
  track.ariaHidden = "true";
  segment.dataset.option = option.id;
  return { item, label, percentage, count, track, segment };
}

function pop(item) {
  item.classList.remove("pop");
  void item.offsetWidth; // so that the animation starts again
  item.classList.add("pop");
}
