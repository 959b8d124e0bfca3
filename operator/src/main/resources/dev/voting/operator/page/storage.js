// Survives a reload, if the browser allows that: storage may be disabled, full, or hold values of another program.
// None of this may stop a vote.

export const storage = {
  /** The value of this name, or null. */
  read(name) {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  },

  /** Returns whether it was stored. */
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
      // Then nothing is stored either.
    }
  },
};
