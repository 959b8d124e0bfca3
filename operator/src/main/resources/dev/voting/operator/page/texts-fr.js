// The page's words in French.

const number = new Intl.NumberFormat("fr").format;
const votes = (count) => `${number(count)} ${count < 2 ? "vote" : "votes"}`;

export const texts = {
  language: "fr",
  page: {
    "#ballot-heading": "Votre vote",
    "#results-heading": "Résultats",
    "#discard": "Abandonner ce vote",
    ".slow": "C’est plus long que prévu. Recharger la page peut aider.",
  },
  votes,

  vote: "Voter",
  again: "Voter encore",
  change: "Changer pour ceci",
  own: "✓ Votre vote",
  thanks: "✓ Merci",
  sending: "Envoi…",
  retry: "Réessayer",
  retryIn: (seconds) => `Réessayer dans ${seconds} s`,
  unclear: "Incertain",
  notCounted: "Non compté",
  notSent: "Non envoyé",
  sendingFor: (label) => `Envoi de votre vote pour ${label}…`,
  accepted: (label) => `Merci ! Votre vote pour ${label} est enregistré.`,
  received: (label) => `Merci ! Votre vote pour ${label} est reçu. Votre premier vote compte.`,
  discarded: (label) => `Abandonné. Votre vote pour ${label} n’a pas été compté.`,
  discardedUnclear: (label) =>
    `Abandonné, mais votre vote pour ${label} peut tout de même compter : on ignore s’il a été reçu.`,
  discardedStale: "Abandonné.",
  needsLink: "Pour voter, ouvrez le lien que vous avez reçu. Chaque lien est un vote.",

  failures: {
    offline: "Vous êtes hors ligne",
    unreachable: "Le service de vote n’a pas répondu",
    unavailable: "Le service de vote n’a pas pu prendre votre vote",
    "too-many": "Trop de votes à la fois",
    refused: "Ce vote n’a pas été accepté",
    unsent: "Un vote attend",
    closed: "Le vote est terminé",
    "not-open": "Le vote n’est pas encore ouvert",
    "no-token": "Ce lien n’est pas valable pour voter",
    stale: "Votre vote était pour un tour précédent",
  },
  back: { offline: "Vous êtes de nouveau en ligne", other: "Le service de vote est de retour" },
  ready: (label) => `Votre vote pour ${label} est prêt à être envoyé. Il ne compte jamais deux fois.`,
  refused: (label) =>
    `Le service de vote n’accepte pas de vote pour ${label}. Rechargez la page, puis votez à nouveau.`,
  mayCount: (label) => `Votre vote pour ${label} est peut-être déjà compté.`,
  doesNotCount: (label) => `Votre vote pour ${label} n’a pas été compté.`,
  kept: "Il est gardé ici.",
  keptHere: "Il est gardé ici jusqu’à ce que vous quittiez ou rechargiez la page.",
  wayOut: {
    offline: "Envoyez-le quand vous serez en ligne : il ne compte jamais deux fois.",
    "too-many": "Attendez un instant, puis réessayez.",
    "not-open": "Envoyez-le quand le vote sera ouvert.",
    other: "Réessayer ne le compte jamais deux fois.",
  },
  askForLink: "Ouvrez le lien entier que vous avez reçu, ou demandez-en un autre.",
  stale: "Il n’a pas été envoyé dans ce tour.",
  staleMayCount: "Il y a peut-être été compté, et n’est pas envoyé dans ce tour.",

  connection: {
    connecting: "Connexion",
    live: "En direct",
    delayed: "Comptage retardé",
    polling: "Toutes les quelques secondes",
    reconnecting: "Reconnexion",
    offline: "Hors ligne",
    paused: "En pause",
  },
  pause: "Pause",
  resume: "Reprendre",
  paused: "Les résultats sont en pause.",
  resumed: "Les résultats bougent de nouveau.",
  withoutResults: {
    offline: "Vous êtes hors ligne. Les résultats viendront avec la connexion.",
    reconnecting: "Pas de résultats pour le moment. Ils viendront quand le service répondra.",
    paused: "Pas encore de résultats.",
    other: "Chargement des résultats…",
  },
  noVotes: "Pas encore de votes.",
  firstVote: "Pas encore de votes. Le vôtre peut être le premier !",
  total: (count) => `${votes(count)} au total`,
  lead: (label, count) => `${label} mène de ${number(count)}`,
  tie: "Égalité",
  asOf: (time) => `état du ${time}`,
  updated: (ago) => `mis à jour ${ago}`,
  justNow: "à l’instant",
  retired: "plus proposé au vote",
  hidden: (count) => `Les résultats s’affichent à la fin du vote. ${votes(count)} jusqu’ici.`,

  opensIn: (time) => `Ouvre dans ${time}`,
  opensAt: (date) => `Ouvre le ${date}`,
  open: "Ouvert",
  closesIn: (time) => `Ouvert : se termine dans ${time}`,
  closesAt: (date) => `Ouvert : se termine le ${date}`,
  closed: "Terminé, comptage en cours",
  final: "Résultat final",
  address: "Votez ici",
  rules: {
    Request:
      "Un double clic ou une touche maintenue est un seul vote. Il n’y a pas de comptes : rien n’empêche de voter"
      + " encore, et chaque vote compte.",
    BrowserLast:
      "Un vote par navigateur : vous pouvez le changer tant que le vote est ouvert, et le dernier compte. C’est une"
      + " règle de courtoisie : un autre navigateur est un autre bulletin.",
    BrowserFirst:
      "Un vote par navigateur : le premier compte. C’est une règle de courtoisie : un autre navigateur est un autre"
      + " bulletin.",
    TokenLast: "Un vote par lien : vous pouvez le changer tant que le vote est ouvert, et le dernier compte.",
    TokenFirst: "Un vote par lien : le premier compte.",
  },
};
