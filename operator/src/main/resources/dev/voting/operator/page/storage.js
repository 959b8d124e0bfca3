// What outlives a reload, as far as the browser lets the page keep anything: it may forbid that, be
// full, or hold what somebody else wrote. None of this may stop a vote.

export const storage = {
  /** What was written by this name, or null. */
  read(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  },

  /** Returns whether it is kept. */
  write(name, value) {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch {
      this.remove(name);
      return false;
    }
  },

  remove(name) {
    try {
      sessionStorage.removeItem(name);
    } catch {
      // Then nothing is there either.
    }
  },
};
