// Puts the parts together: configuration → views, feed → results, buttons → ballot.

import { Ballot } from "./ballot.js";
import { BallotView } from "./ballot-view.js";
import { Feed } from "./feed.js";
import { ResultsView } from "./results-view.js";
import { storage } from "./storage.js";

// Beside this module, so it has the same content hash in its address.
const response = await fetch(new URL("config.json", import.meta.url));
const config = await response.json();

document.title = config.title;
document.getElementById("title").textContent = config.title;

const ballot = new Ballot(config.options, storage);
const ballotView = new BallotView(config.options, ballot);
const results = new ResultsView(config.options);
const feed = new Feed({
  onResults: (standing) => results.show(standing),
  onState: (state, before) => {
    results.showConnection(state);
    if (["reconnecting", "offline"].includes(before) && ["live", "polling"].includes(state)) {
      ballotView.showBack();
    }
  },
});

ballot.onChange = (state) => {
  ballotView.show(state);
  if (state.name === "accepted") feed.expectNews();
};
results.onPause = (paused) => (paused ? feed.pause() : feed.resume());

ballotView.show(ballot.state);
feed.start();
