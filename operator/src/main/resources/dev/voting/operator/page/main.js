// Puts the parts together: configuration → views, feed → results, buttons → ballot.

import { Ballot } from "./ballot.js";
import { BallotView } from "./ballot-view.js";
import { Feed } from "./feed.js";
import { ResultsView } from "./results-view.js";

// Beside this module, so it has the same content hash in its address.
const response = await fetch(new URL("config.json", import.meta.url));
const config = await response.json();

document.title = config.title;
document.getElementById("title").textContent = config.title;

const results = new ResultsView(config.options);
const feed = new Feed({
  onResults: (standing) => results.show(standing),
  onState: (state) => results.showConnection(state),
});

const ballot = new Ballot(config.options, storage());
const ballotView = new BallotView(config.options, ballot);
ballot.onChange = (state) => {
  ballotView.show(state);
  if (state.name === "accepted") feed.refresh();
};

ballotView.show(ballot.state);
feed.start();

/** Keeps an unsent vote over a reload, unless the browser forbids the page to keep anything. */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} };
  }
}
