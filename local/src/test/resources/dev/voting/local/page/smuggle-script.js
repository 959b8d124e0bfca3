// What an attacker would try after finding a way to write into the page.
try {
  const script = document.createElement("script");
  script.text = "window.smuggled = true";
  document.body.append(script);
} catch {
  // Trusted Types refuse the text already.
}
return window.smuggled ? "ran" : "refused";
