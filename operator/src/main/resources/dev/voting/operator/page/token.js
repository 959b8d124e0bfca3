// The token that admits a voter, from the link that was opened. It stands in the address' fragment, which no
// browser sends, and leaves the address before anything else is done, so no bookmark or picture of the screen
// has it.

import { storage } from "./storage.js";

const STORED = "ballot-token";
let token = storage.read(STORED);
if (typeof token !== "string") token = undefined;

/** The token of this tab, if it has one. */
export const currentToken = () => token;

/** @returns whether the address had a token that is not the one of before: another voter's. */
export function takeToken() {
  const given = /^#token=([0-9A-Za-z-]{1,40})$/.exec(location.hash)?.[1].toLowerCase();
  if (location.hash.startsWith("#token=")) {
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  if (!given || given === token) return false;
  token = given;
  storage.write(STORED, given);
  return true;
}
