// A clock that stands still until the test moves it, so that a page's minutes take no time and no
// answer depends on how busy the machine is. Also counts what the page has heard.
(() => {
  const timers = new Map();
  let now = 0;
  let last = 0;
  const startedAt = Date.now();
  const add = (run, wait, every) => {
    timers.set(++last, { run, at: now + (wait || 0), every });
    return last;
  };
  window.setTimeout = (run, wait) => add(run, wait);
  window.setInterval = (run, wait) => add(run, wait, wait);
  window.clearTimeout = window.clearInterval = (id) => timers.delete(id);
  performance.now = () => now;
  Date.now = () => startedAt + now;

  const Native = window.EventSource;
  window.heard = 0;
  window.EventSource = class extends Native {
    constructor(address) {
      super(address);
      this.addEventListener("fresh", () => (window.heard += 1));
    }
  };

  window.manualClock = {
    /** How long each timer has still to wait, the soonest first. */
    waits: () => [...timers.values()].map(({ at }) => at - now).sort((a, b) => a - b),
    advance(time) {
      const end = now + time;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
        if (!due) break;
        const [id, timer] = due;
        now = timer.at;
        if (timer.every) timer.at += timer.every;
        else timers.delete(id);
        timer.run();
      }
      now = end;
    },
  };
})();
