// The page's own words. English is here; the other languages are loaded when a poll asks for one.

const LANGUAGES = ["de", "fr", "es", "ja"];

/** @returns the words of this language, or English where they cannot be had. */
export async function load(language) {
  if (!LANGUAGES.includes(language)) return en;
  try {
    return (await import(`./texts-${language}.js`)).texts;
  } catch {
    return en;
  }
}

const number = new Intl.NumberFormat("en").format;
const votes = (count) => `${number(count)} ${count === 1 ? "vote" : "votes"}`;

export const en = {
  language: "en",
  /** By selector: what stands in index.html. */
  page: {
    "#ballot-heading": "Your vote",
    "#results-heading": "Results",
    "#discard": "Discard this vote",
    ".slow": "This takes longer than it should. Reloading the page may help.",
  },
  votes,

  // The ballot
  vote: "Vote",
  again: "Vote again",
  change: "Change to this",
  own: "✓ Your vote",
  thanks: "✓ Thank you",
  sending: "Sending…",
  retry: "Try again",
  retryIn: (seconds) => `Try again in ${seconds} s`,
  unclear: "Unclear",
  notCounted: "Not counted",
  notSent: "Not sent",
  sendingFor: (label) => `Sending your vote for ${label}…`,
  accepted: (label) => `Thank you! Your vote for ${label} is in.`,
  received: (label) => `Thank you! Your vote for ${label} is received. Your first vote counts.`,
  discarded: (label) => `Discarded. Your vote for ${label} was not counted.`,
  discardedUnclear: (label) =>
    `Discarded, but your vote for ${label} may count all the same: whether it was taken is not known.`,
  discardedStale: "Discarded.",
  needsLink: "To vote, open the link that you were given. Each link is one vote.",

  // A vote that failed
  failures: {
    offline: "You are offline",
    unreachable: "The voting service did not answer",
    unavailable: "The voting service could not take your vote",
    "too-many": "Too many votes at once",
    refused: "This vote was not accepted",
    unsent: "A vote is waiting",
    closed: "The vote is over",
    "not-open": "The vote is not open yet",
    "no-token": "This link is not valid for voting",
    stale: "Your vote was for an earlier round",
  },
  back: { offline: "You are connected again", other: "The voting service is back" },
  ready: (label) => `Your vote for ${label} is ready to be sent. It never counts twice.`,
  refused: (label) =>
    `The voting service does not take a vote for ${label}. Reload the page, then vote again.`,
  mayCount: (label) => `Your vote for ${label} may or may not be counted already.`,
  doesNotCount: (label) => `Your vote for ${label} was not counted.`,
  kept: "It is kept here.",
  keptHere: "It is kept here until you leave or reload the page.",
  wayOut: {
    offline: "Send it when you are connected again: it never counts twice.",
    "too-many": "Please wait a moment, then try again.",
    "not-open": "Send it when the vote is open.",
    other: "Trying again never counts it twice.",
  },
  askForLink: "Open the whole link that you were given, or ask for another one.",
  stale: "It was not sent into this round.",
  staleMayCount: "It may have been counted there, and is not sent into this round.",

  // The results
  connection: {
    connecting: "Connecting",
    live: "Live",
    delayed: "Counting is delayed",
    polling: "Every few seconds",
    reconnecting: "Reconnecting",
    offline: "Offline",
    paused: "Paused",
  },
  pause: "Pause",
  resume: "Resume",
  paused: "The results are paused.",
  resumed: "The results move again.",
  withoutResults: {
    offline: "You are offline. The results come when you are connected.",
    reconnecting: "No results right now. They come when the service answers.",
    paused: "No results yet.",
    other: "Loading the results…",
  },
  noVotes: "No votes yet.",
  firstVote: "No votes yet. Yours can be the first!",
  total: (count) => `${votes(count)} in all`,
  lead: (label, count) => `${label} ahead by ${number(count)}`,
  tie: "It is a tie",
  asOf: (time) => `as of ${time}`,
  updated: (ago) => `updated ${ago}`,
  justNow: "just now",
  retired: "no longer on the ballot",
  hidden: (count) => `Results are shown when the vote is over. ${votes(count)} so far.`,

  // The poll
  opensIn: (time) => `Opens in ${time}`,
  opensAt: (date) => `Opens ${date}`,
  open: "Open",
  closesIn: (time) => `Open: closes in ${time}`,
  closesAt: (date) => `Open: closes ${date}`,
  closed: "Closed, counting",
  final: "Final result",
  address: "Vote here",
  rules: {
    Request:
      "A double click or a held key is one vote. There are no accounts, so nothing keeps anybody from voting"
      + " again, and each vote counts.",
    BrowserLast:
      "One vote per browser: you can change it while the vote is open, and the last one counts. This is a"
      + " courtesy: another browser is another ballot.",
    BrowserFirst:
      "One vote per browser: the first one counts. This is a courtesy: another browser is another ballot.",
    TokenLast: "One vote per link: you can change it while the vote is open, and the last one counts.",
    TokenFirst: "One vote per link: the first one counts.",
  },
};
