// The colour of each option's label, and its contrast to the card that it stands on, by WCAG 2.
const channels = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number);
const luminance = (colour) => {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const card = getComputedStyle(document.getElementById("results")).backgroundColor;
return [...document.querySelectorAll("#standings li")].map((row) => {
  const colour = getComputedStyle(row.querySelector(".label")).color;
  const bar = getComputedStyle(row.querySelector(".segment")).backgroundColor;
  const mark = getComputedStyle(document.querySelector(`.choice[data-option=${row.dataset.option}] .mark`));
  const contrasts = [contrast(colour, card), contrast(bar, card), contrast(mark.color, mark.backgroundColor)];
  return { option: row.dataset.option, colour, contrast: Math.min(...contrasts) };
});
