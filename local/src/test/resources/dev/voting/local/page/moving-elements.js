// The elements that move or would move, by what they are.
return [...document.querySelectorAll("*")]
  .filter((element) => {
    const style = getComputedStyle(element);
    const takesTime = (durations) => durations.split(",").some((time) => parseFloat(time) > 0);
    return (
      (style.animationName !== "none" && takesTime(style.animationDuration)) ||
      takesTime(style.transitionDuration)
    );
  })
  .map((element) => `${element.tagName} ${element.id} ${element.className}`);
