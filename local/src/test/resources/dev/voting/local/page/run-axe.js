// Runs axe over the page: all rules for WCAG 2.2 A and AA and its best practices.
// Forced colours are the system's own, which axe does not know: it would check those of the page.
const ownColours = !matchMedia("(forced-colors: active)").matches;
const done = arguments[arguments.length - 1];
axe
  .run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: ownColours } } })
  .then(({ violations }) =>
    violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`),
  )
  .then(done, (error) => done([`axe itself: ${error}`]));
