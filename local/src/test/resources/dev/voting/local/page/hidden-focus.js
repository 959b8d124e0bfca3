// What is wrong with the element that has the focus: out of the window, or something lies on it.
const element = document.activeElement;
const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
if (width < 24 || height < 24) return `${element.id || element.className} is only ${width} by ${height}`;
if (left < 0 || right > innerWidth) return `${element.id || element.className} is beside the window`;
if (height < innerHeight && (top < 0 || bottom > innerHeight)) return `${element.id || element.className} is out of the window`;
const inset = 12;
for (const [x, y] of [[left + inset, top + inset], [right - inset, top + inset], [(left + right) / 2, (top + bottom) / 2], [left + inset, bottom - inset], [right - inset, bottom - inset]]) {
  const there = document.elementFromPoint(x, Math.min(y, innerHeight - 1));
  if (!element.contains(there)) return `${element.id || element.className} lies under ${there?.outerHTML.slice(0, 80)}`;
}
return "";
