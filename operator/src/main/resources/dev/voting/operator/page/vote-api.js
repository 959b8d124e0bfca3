// The requests of the vote API, and what their answers mean.

const TIMEOUT_MS = 8000;
/** A page waits for no longer before it shows the vote that it has been served with. */
const POLL_TIMEOUT_MS = 3000;

const REFUSALS = { Closed: "closed", NotOpenYet: "not-open", AnotherRound: "another-round" };

/**
 * The results {cats, dogs, total, cats_percentage, dogs_percentage, last_updated}, or those of a poll's
 * options, whether they are stale because counting is delayed, and the poll's round.
 */
export async function fetchResults() {
  const response = await fetch("/api/results", {
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`results: ${response.status}`);
  return {
    results: await response.json(),
    stale: response.headers.has("Warning"),
    round: response.headers.get("Poll-Round"),
  };
}

/** The poll, or null where there is none. */
export async function fetchPoll() {
  const response = await fetch("/api/poll", { cache: "no-store", signal: AbortSignal.timeout(POLL_TIMEOUT_MS) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`poll: ${response.status}`);
  return response.json();
}

/**
 * Sends one vote. Sending it again with the same key counts it only once. With a poll, it is for this
 * round alone, and a token admits the voter.
 *
 * Returns {accepted: true, received} or {accepted: false, reason, retryAfter, mayCount}, where the reason is
 * one of offline, unreachable, too-many, unavailable, refused, closed, not-open, another-round, no-token, and
 * retryAfter is in seconds (0: at once). Unless the service says that the vote was not counted, it may count
 * all the same. A vote that is only received counts if it is the first one of its voter.
 */
export async function sendVote(option, key, { round, token } = {}) {
  let response;
  try {
    response = await fetch("/api/vote", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        ...(round && { "Poll-Round": round }),
        ...(round && token && { "Ballot-Token": token }),
      },
      body: JSON.stringify({ option }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return failed(navigator.onLine ? "unreachable" : "offline", true);
  }
  const { status } = response;
  if (status === 201 || status === 202) return { accepted: true, received: status === 202 };
  if (status === 429) return failed("too-many", false, response);
  if (status === 401) return failed("no-token", false, response);
  if (status === 409) return failed(REFUSALS[(await problem(response)).reason] ?? "refused", false, response);
  if (status >= 400 && status < 500) return failed("refused", false, response);
  const { detail } = await problem(response);
  return failed("unavailable", !String(detail).startsWith("the vote was not counted"), response);
}

async function problem(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}

function failed(reason, mayCount, response) {
  const seconds = Number(response?.headers.get("Retry-After"));
  const retryAfter = seconds > 0 ? Math.min(Math.ceil(seconds), 60) : 0;
  return { accepted: false, reason, retryAfter, mayCount };
}

/** A fresh idempotency key. (crypto.randomUUID exists on https only.) */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
