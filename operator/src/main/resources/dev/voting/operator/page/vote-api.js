// The two requests of the vote API, and what their answers mean.

const TIMEOUT_MS = 8000;

/**
 * The results {cats, dogs, total, cats_percentage, dogs_percentage, last_updated}, and whether they are
 * stale because counting is delayed.
 */
export async function fetchResults() {
  const response = await fetch("/api/results", {
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`results: ${response.status}`);
  return { results: await response.json(), stale: response.headers.has("Warning") };
}

/**
 * Sends one vote. Sending it again with the same key counts it only once.
 *
 * Returns {accepted: true} or {accepted: false, reason, retryAfter, mayCount}, where the reason is one
 * of offline, unreachable, too-many, unavailable, refused, and retryAfter is in seconds (0: at once).
 * Unless the service says that the vote was not counted, it may count all the same.
 */
export async function sendVote(option, key) {
  let response;
  try {
    response = await fetch("/api/vote", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({ option }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return failed(navigator.onLine ? "unreachable" : "offline", true);
  }
  if (response.status === 201) return { accepted: true };
  if (response.status === 429) return failed("too-many", false, response);
  if (response.status >= 400 && response.status < 500) return failed("refused", false, response);
  return failed("unavailable", !(await saysNotCounted(response)), response);
}

async function saysNotCounted(response) {
  try {
    return (await response.json()).detail.startsWith("the vote was not counted");
  } catch {
    return false;
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
