// Runs axe over the page: all rules for WCAG 2.2 A and AA and its best practices.
const done = arguments[arguments.length - 1];
axe
  .run(document, { resultTypes: ["violations"] })
  .then(({ violations }) =>
    violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`),
  )
  .then(done, (error) => done([`axe itself: ${error}`]));
