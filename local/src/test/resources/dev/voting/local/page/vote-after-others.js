// Votes of others who share this address, and then a click of this person. Ends when it is answered.
const [choice, done] = arguments;
const vote = {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ option: "cats" }),
};
Promise.allSettled(Array.from({ length: 5 }, () => fetch("/api/vote", vote))).then(() => {
  document.querySelector(choice).click();
  setTimeout(done, 500);
});
