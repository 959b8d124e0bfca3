// The page's words in German.

const number = new Intl.NumberFormat("de").format;
const votes = (count) => `${number(count)} ${count === 1 ? "Stimme" : "Stimmen"}`;

export const texts = {
  language: "de",
  page: {
    "#ballot-heading": "Ihre Stimme",
    "#results-heading": "Ergebnis",
    "#discard": "Stimme verwerfen",
    ".slow": "Das dauert länger als üblich. Vielleicht hilft es, die Seite neu zu laden.",
  },
  votes,

  vote: "Abstimmen",
  again: "Noch einmal",
  change: "Hierzu ändern",
  own: "✓ Ihre Stimme",
  thanks: "✓ Danke",
  sending: "Wird gesendet…",
  retry: "Erneut senden",
  retryIn: (seconds) => `Erneut senden in ${seconds} s`,
  unclear: "Ungewiss",
  notCounted: "Nicht gezählt",
  notSent: "Nicht gesendet",
  sendingFor: (label) => `Ihre Stimme für ${label} wird gesendet…`,
  accepted: (label) => `Danke! Ihre Stimme für ${label} ist angekommen.`,
  received: (label) => `Danke! Ihre Stimme für ${label} ist angekommen. Ihre erste Stimme zählt.`,
  discarded: (label) => `Verworfen. Ihre Stimme für ${label} wurde nicht gezählt.`,
  discardedUnclear: (label) =>
    `Verworfen, doch Ihre Stimme für ${label} zählt vielleicht trotzdem: Ob sie ankam, ist nicht bekannt.`,
  discardedStale: "Verworfen.",
  needsLink: "Öffnen Sie zum Abstimmen den Link, den Sie erhalten haben. Jeder Link ist eine Stimme.",

  failures: {
    offline: "Sie sind offline",
    unreachable: "Der Abstimmungsdienst hat nicht geantwortet",
    unavailable: "Der Abstimmungsdienst konnte Ihre Stimme nicht annehmen",
    "too-many": "Zu viele Stimmen auf einmal",
    refused: "Diese Stimme wurde nicht angenommen",
    unsent: "Eine Stimme wartet",
    closed: "Die Abstimmung ist beendet",
    "not-open": "Die Abstimmung hat noch nicht begonnen",
    "no-token": "Dieser Link ist für die Abstimmung nicht gültig",
    stale: "Ihre Stimme galt einer früheren Runde",
  },
  back: { offline: "Sie sind wieder verbunden", other: "Der Abstimmungsdienst ist wieder da" },
  ready: (label) => `Ihre Stimme für ${label} kann gesendet werden. Sie zählt nie doppelt.`,
  refused: (label) =>
    `Der Abstimmungsdienst nimmt keine Stimme für ${label} an. Laden Sie die Seite neu und stimmen Sie dann ab.`,
  mayCount: (label) => `Ihre Stimme für ${label} ist vielleicht schon gezählt.`,
  doesNotCount: (label) => `Ihre Stimme für ${label} wurde nicht gezählt.`,
  kept: "Sie ist hier aufbewahrt.",
  keptHere: "Sie ist hier aufbewahrt, bis Sie die Seite verlassen oder neu laden.",
  wayOut: {
    offline: "Senden Sie sie, wenn Sie wieder verbunden sind: Sie zählt nie doppelt.",
    "too-many": "Bitte warten Sie einen Moment und versuchen Sie es dann erneut.",
    "not-open": "Senden Sie sie, wenn die Abstimmung begonnen hat.",
    other: "Auch erneut gesendet zählt sie nie doppelt.",
  },
  askForLink: "Öffnen Sie den ganzen Link, den Sie erhalten haben, oder bitten Sie um einen anderen.",
  stale: "Sie wurde nicht in diese Runde gesendet.",
  staleMayCount: "Sie wurde dort vielleicht gezählt und wird nicht in diese Runde gesendet.",

  connection: {
    connecting: "Verbindet",
    live: "Live",
    delayed: "Zählung verzögert",
    polling: "Alle paar Sekunden",
    reconnecting: "Verbindet erneut",
    offline: "Offline",
    paused: "Angehalten",
  },
  pause: "Anhalten",
  resume: "Fortsetzen",
  paused: "Das Ergebnis ist angehalten.",
  resumed: "Das Ergebnis bewegt sich wieder.",
  withoutResults: {
    offline: "Sie sind offline. Das Ergebnis kommt, sobald Sie verbunden sind.",
    reconnecting: "Gerade kein Ergebnis. Es kommt, sobald der Dienst antwortet.",
    paused: "Noch kein Ergebnis.",
    other: "Das Ergebnis wird geladen…",
  },
  noVotes: "Noch keine Stimmen.",
  firstVote: "Noch keine Stimmen. Ihre kann die erste sein!",
  total: (count) => `${votes(count)} insgesamt`,
  lead: (label, count) => `${label}: Vorsprung ${number(count)}`,
  tie: "Gleichstand",
  asOf: (time) => `Stand ${time}`,
  updated: (ago) => `aktualisiert ${ago}`,
  justNow: "gerade eben",
  retired: "nicht mehr zur Wahl",
  hidden: (count) => `Das Ergebnis erscheint nach dem Ende der Abstimmung. Bisher ${votes(count)}.`,

  opensIn: (time) => `Beginnt in ${time}`,
  opensAt: (date) => `Beginnt ${date}`,
  open: "Offen",
  closesIn: (time) => `Offen: endet in ${time}`,
  closesAt: (date) => `Offen: endet ${date}`,
  closed: "Beendet, wird gezählt",
  final: "Endergebnis",
  address: "Hier abstimmen",
  rules: {
    Request:
      "Ein Doppelklick oder eine gehaltene Taste ist eine Stimme. Es gibt keine Konten: Nichts hindert jemanden"
      + " daran, noch einmal abzustimmen, und jede Stimme zählt.",
    BrowserLast:
      "Eine Stimme je Browser: Sie können sie ändern, solange die Abstimmung offen ist, und die letzte zählt. Das"
      + " beruht auf Vertrauen: Ein anderer Browser ist ein anderer Stimmzettel.",
    BrowserFirst:
      "Eine Stimme je Browser: Die erste zählt. Das beruht auf Vertrauen: Ein anderer Browser ist ein anderer"
      + " Stimmzettel.",
    TokenLast:
      "Eine Stimme je Link: Sie können sie ändern, solange die Abstimmung offen ist, und die letzte zählt.",
    TokenFirst: "Eine Stimme je Link: Die erste zählt.",
  },
};
