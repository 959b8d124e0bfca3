// Fills what the browser lets the page keep, to the last byte.
for (const store of [sessionStorage, localStorage]) {
  for (let size = 1 << 22; size >= 1; size >>= 1) {
    for (;;) {
      try {
        store.setItem(`full-${size}-${store.length}`, "x".repeat(size));
      } catch {
        break;
      }
    }
  }
}
