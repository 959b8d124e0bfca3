// The elements whose text does not fit into them, or that stick out of what holds them.
const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden");
return [...document.querySelectorAll("button, .mark, .label, .percentage, .count, h1, h2, p, a, time, .summary span")]
  .filter((element) => shown(element) && element.textContent.trim())
  .filter((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect();
    const box = element.closest("button, .card, .failure, .notice, body").getBoundingClientRect();
    const tooWide = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
    return tooWide || text.left < box.left - 1 || text.right > box.right + 1 || text.bottom > box.bottom + 1;
  })
  .map((element) => `${element.tagName} ${element.className}: ${element.textContent}`);
