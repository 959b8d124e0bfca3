// A crowd of viewers: the page's own feed.js, as many times as there are viewers, on a clock, a
// network and a service that are simulated. Chance comes from a fixed seed, so every run is the same.
//
// arguments: the address of feed.js, the scenario, the function to be called with
// [{second, streams, requests}, …], one for each second.
//
// scenario: {viewers, pods, cap, arrivals, end, beat, speaksFresh, postgres: [from, to],
// restarts: [{pod, at, back}, …]}, all times in seconds.
const [feedAddress, scenario, done] = arguments;

const SLOT_MS = 20;
const LATENCY_MS = 40;

let seed = 20260726;
Math.random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
};

// The clock: what is due is kept by slots of 20 ms.
const slots = new Map();
const timers = new Map();
let now = 0;
let last = 0;
const at = (time, run) => {
  const slot = Math.ceil(Math.max(time, now + 1) / SLOT_MS);
  if (!slots.has(slot)) slots.set(slot, []);
  slots.get(slot).push(run);
};
window.setTimeout = (run, wait = 0) => {
  const id = ++last;
  timers.set(id, run);
  at(now + wait, () => {
    if (timers.delete(id)) run();
  });
  return id;
};
window.clearTimeout = (id) => timers.delete(id);
performance.now = () => now;
Date.now = () => now;
window.addEventListener = document.addEventListener = () => {};

// The service: pods behind one address.
const pods = Array.from({ length: scenario.pods }, () => ({ up: true, streams: new Set() }));
const seconds = Array.from({ length: scenario.end }, (_, second) => ({ second, streams: 0, requests: 0 }));
const count = (what) => seconds[Math.min(Math.floor(now / 1000), scenario.end - 1)][what]++;
const anyPod = () => {
  const there = pods.filter(({ up }) => up);
  return there[Math.floor(Math.random() * there.length)];
};
const postgresIsAway = () =>
  scenario.postgres && now >= scenario.postgres[0] * 1000 && now < scenario.postgres[1] * 1000;
const known = () => (postgresIsAway() ? scenario.postgres[0] * 1000 : now);
const STANDING = { cats: 2, dogs: 1, total: 3, cats_percentage: 66.67, dogs_percentage: 33.33, last_updated: "2026-01-01T00:00:00Z" };
const standing = JSON.stringify(STANDING);

class SimulatedEventSource {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;
  readyState = 0;
  #listeners = {};
  #pod;

  constructor() {
    count("streams");
    const pod = anyPod();
    at(now + LATENCY_MS, () => {
      if (this.readyState !== 0) return;
      if (!pod?.up || pod.streams.size >= scenario.cap) return this.fail();
      pod.streams.add(this);
      this.#pod = pod;
      this.readyState = 1;
      this.onopen?.();
      this.onmessage?.({ data: standing });
    });
  }

  addEventListener(name, listener) {
    this.#listeners[name] = listener;
  }

  hear(name, data) {
    this.#listeners[name]?.({ data });
  }

  fail() {
    if (this.readyState === 2) return;
    this.close();
    this.onerror?.();
  }

  close() {
    this.readyState = 2;
    this.#pod?.streams.delete(this);
  }
}
window.EventSource = SimulatedEventSource;

window.fetch = () => {
  count("requests");
  const pod = anyPod();
  return new Promise((resolve, reject) =>
    at(now + LATENCY_MS, () => {
      if (!pod?.up) return reject(new TypeError("refused"));
      resolve({ ok: true, headers: new Headers(postgresIsAway() ? { Warning: "110" } : {}), json: async () => STANDING });
    }),
  );
};
AbortSignal.timeout = () => undefined;

for (const pod of pods) {
  const phase = Math.random() * scenario.beat * 1000;
  for (let time = phase; scenario.speaksFresh && time < scenario.end * 1000; time += scenario.beat * 1000) {
    at(time, () => {
      const data = JSON.stringify({ at: new Date(known()).toISOString() });
      for (const stream of [...pod.streams]) stream.hear("fresh", data);
    });
  }
}
for (const { pod, at: from, back } of scenario.restarts ?? []) {
  at(from * 1000, () => {
    pods[pod].up = false;
    for (const stream of [...pods[pod].streams]) at(now + Math.random() * 200, () => stream.fail());
  });
  at(back * 1000, () => (pods[pod].up = true));
}

// Passes on once all promises that are due have been kept.
const { port1, port2 } = new MessageChannel();
const settled = () =>
  new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(0);
  });

import(feedAddress)
  .then(async ({ Feed }) => {
    for (let viewer = 0; viewer < scenario.viewers; viewer++) {
      at(Math.random() * scenario.arrivals * 1000, () => new Feed({ onResults() {}, onState() {} }).start());
    }
    for (let slot = 0; slot < (scenario.end * 1000) / SLOT_MS; slot++) {
      const due = slots.get(slot);
      if (!due) continue;
      slots.delete(slot);
      now = slot * SLOT_MS;
      for (const run of due) run();
      await settled();
    }
    done(seconds);
  })
  .catch((error) => done(String(error?.stack ?? error)));
