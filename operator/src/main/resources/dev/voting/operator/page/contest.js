// What is voted on: the poll, or cats and dogs of config.json, in one form for the views.

import { storage } from "./storage.js";
import { currentToken } from "./token.js";

const ORDER = "order";

/** The vote of config.json, which has no rounds and one ballot for each request. */
export function ofConfig({ title, options }) {
  return { title, language: "en", options, onBallot: options, terms: {} };
}

/** The poll as it is defined now. */
export function ofPoll(poll) {
  const { title, language, round, results, ballots = {}, ...definition } = poll.definition;
  const options = definition.options.map(({ key, label, emoji, retired }, place) => {
    return { id: key, label, emoji, retired, index: place + 1 };
  });
  const perVoter = ballots.per === "Browser" || ballots.per === "Token";
  const token = ballots.per === "Token" ? currentToken() : undefined;
  const terms = { round, open: poll.state === "Open", perVoter, changeable: ballots.changeable !== false, token };
  const onBallot = options.filter(({ retired }) => !retired);
  return {
    title,
    language,
    options,
    onBallot: definition.order === "Shuffled" ? inOwnOrder(onBallot, round) : onBallot,
    terms,
    poll,
    hides: results === "AfterClose",
    byLink: ballots.per === "Token",
    lacksToken: ballots.per === "Token" && !token,
  };
}

/**
 * Whether these results are of something else.
 *
 * @param round the one that came with them, null for none; undefined where nothing says it
 */
export function isOfAnother({ options, terms, hides }, results, round) {
  if (round !== undefined && (round ?? undefined) !== terms.round) return true;
  const names = Object.keys(results).filter((name) => `${name}_percentage` in results);
  return names.length === 0 ? !hides : names.some((name) => !options.some(({ id }) => id === name));
}

/** By chance, but the same for this tab while the round lasts; what comes later stands last. */
function inOwnOrder(options, round) {
  const stored = storage.read(ORDER);
  const keys = stored?.round === round && Array.isArray(stored.keys) ? stored.keys : [];
  keys.push(...shuffled(options.map(({ id }) => id).filter((id) => !keys.includes(id))));
  storage.write(ORDER, { round, keys });
  return options.toSorted((a, b) => keys.indexOf(a.id) - keys.indexOf(b.id));
}

function shuffled(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
