// Puts the parts together: poll or configuration → views, feed → results, buttons → ballot.

import { Ballot, forgetVoter } from "./ballot.js";
import { BallotView } from "./ballot-view.js";
import { isOfAnother, ofConfig, ofPoll } from "./contest.js";
import { Feed } from "./feed.js";
import { Poll } from "./poll.js";
import { PollView } from "./poll-view.js";
import { ResultsView } from "./results-view.js";
import { storage } from "./storage.js";
import { load } from "./texts.js";
import { takeToken } from "./token.js";

if (takeToken()) forgetVoter(storage);
// Another link that is opened in the same tab changes nothing but the fragment.
addEventListener("hashchange", () => {
  if (!takeToken()) return;
  forgetVoter(storage);
  location.reload();
});

const poll = new Poll();
const [config] = await Promise.all([
  // Beside this module, so it has the same content hash in its address.
  fetch(new URL("config.json", import.meta.url)).then((response) => response.json()),
  poll.start(),
]);
const forScreen = new URLSearchParams(location.search).get("view") === "screen";
const screen = forScreen && new (await import("./screen.js")).Screen();

let contest;
let texts;
let turns = 0;
/** Results that came before the definition that they belong to. */
let early;
const ballot = new Ballot([], storage);
const ballotView = new BallotView(ballot);
const pollView = new PollView();
const results = new ResultsView();
const feed = new Feed({
  onResults: (standing, round) => {
    const another = isOfAnother(contest, standing, round);
    early = another ? [standing, round] : undefined;
    if (!another) results.show(standing);
    // Without a stream nothing else says that the poll has changed.
    if (another || round) poll.ask(another);
  },
  onState: (state, before) => {
    results.showConnection(state);
    if (["reconnecting", "offline"].includes(before) && ["live", "polling"].includes(state)) {
      ballotView.showBack();
    }
  },
  onPoll: (definition) => poll.hear(definition),
});

/** Shows what is voted on now. */
async function show() {
  const turn = ++turns;
  const words = await load(poll.definition?.language);
  if (turn !== turns) return; // a newer definition came meanwhile
  contest = poll.definition ? ofPoll(poll) : ofConfig(config);
  texts = words;
  pollView.show(contest, texts);
  if (screen) screen.show(contest, texts);
  ballot.use(contest.options, contest.terms);
  results.use(contest.options, texts, contest.terms.round);
  const lost = ballotView.use(contest.onBallot, texts, contest.lacksToken);
  if (early && !isOfAnother(contest, ...early)) results.show(early[0]);
  if (tick() || lost) pollView.focus();
}

/** @returns whether a button had the focus that is there no more */
function tick() {
  const open = !contest.poll || pollView.tick(poll, texts) === "Open";
  results.open(open);
  return ballotView.open(open);
}

poll.onDefinition = show;
poll.onTick = () => {
  if (tick()) pollView.focus();
};
ballot.onChange = (state) => {
  ballotView.show(state);
  if (state.name === "accepted") feed.expectNews();
  // The service goes by another definition than this page.
  if (contest.poll && ["closed", "not-open", "another-round", "refused"].includes(state.reason)) poll.ask(true);
};
results.onPause = (paused) => (paused ? feed.pause() : feed.resume());

await show();
feed.start();
