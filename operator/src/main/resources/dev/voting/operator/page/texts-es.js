// The page's words in Spanish.

const number = new Intl.NumberFormat("es").format;
const votes = (count) => `${number(count)} ${count === 1 ? "voto" : "votos"}`;

export const texts = {
  language: "es",
  page: {
    "#ballot-heading": "Su voto",
    "#results-heading": "Resultados",
    "#discard": "Descartar este voto",
    ".slow": "Esto tarda más de lo normal. Recargar la página puede ayudar.",
  },
  votes,

  vote: "Votar",
  again: "Votar otra vez",
  change: "Cambiar a esto",
  own: "✓ Su voto",
  thanks: "✓ Gracias",
  sending: "Enviando…",
  retry: "Reintentar",
  retryIn: (seconds) => `Reintentar en ${seconds} s`,
  unclear: "Incierto",
  notCounted: "No contado",
  notSent: "No enviado",
  sendingFor: (label) => `Enviando su voto por ${label}…`,
  accepted: (label) => `¡Gracias! Su voto por ${label} está registrado.`,
  received: (label) => `¡Gracias! Su voto por ${label} se ha recibido. Cuenta su primer voto.`,
  discarded: (label) => `Descartado. Su voto por ${label} no se ha contado.`,
  discardedUnclear: (label) =>
    `Descartado, pero su voto por ${label} puede contar de todos modos: no se sabe si se recibió.`,
  discardedStale: "Descartado.",
  needsLink: "Para votar, abra el enlace que ha recibido. Cada enlace es un voto.",

  failures: {
    offline: "Está sin conexión",
    unreachable: "El servicio de votación no ha respondido",
    unavailable: "El servicio de votación no ha podido tomar su voto",
    "too-many": "Demasiados votos a la vez",
    refused: "Este voto no se ha aceptado",
    unsent: "Hay un voto en espera",
    closed: "La votación ha terminado",
    "not-open": "La votación aún no está abierta",
    "no-token": "Este enlace no es válido para votar",
    stale: "Su voto era para una ronda anterior",
  },
  back: { offline: "Vuelve a estar en línea", other: "El servicio de votación ha vuelto" },
  ready: (label) => `Su voto por ${label} está listo para enviarse. Nunca cuenta dos veces.`,
  refused: (label) =>
    `El servicio de votación no acepta un voto por ${label}. Recargue la página y vote de nuevo.`,
  mayCount: (label) => `Su voto por ${label} puede estar ya contado.`,
  doesNotCount: (label) => `Su voto por ${label} no se ha contado.`,
  kept: "Se guarda aquí.",
  keptHere: "Se guarda aquí hasta que deje o recargue la página.",
  wayOut: {
    offline: "Envíelo cuando vuelva a tener conexión: nunca cuenta dos veces.",
    "too-many": "Espere un momento y vuelva a intentarlo.",
    "not-open": "Envíelo cuando la votación esté abierta.",
    other: "Reintentarlo nunca lo cuenta dos veces.",
  },
  askForLink: "Abra el enlace completo que ha recibido, o pida otro.",
  stale: "No se ha enviado a esta ronda.",
  staleMayCount: "Puede haberse contado allí, y no se envía a esta ronda.",

  connection: {
    connecting: "Conectando",
    live: "En directo",
    delayed: "Recuento con retraso",
    polling: "Cada pocos segundos",
    reconnecting: "Reconectando",
    offline: "Sin conexión",
    paused: "En pausa",
  },
  pause: "Pausar",
  resume: "Reanudar",
  paused: "Los resultados están en pausa.",
  resumed: "Los resultados se mueven de nuevo.",
  withoutResults: {
    offline: "Está sin conexión. Los resultados llegarán cuando la tenga.",
    reconnecting: "Ahora no hay resultados. Llegarán cuando el servicio responda.",
    paused: "Aún no hay resultados.",
    other: "Cargando los resultados…",
  },
  noVotes: "Aún no hay votos.",
  firstVote: "Aún no hay votos. ¡El suyo puede ser el primero!",
  total: (count) => `${votes(count)} en total`,
  lead: (label, count) => `${label} lleva ${number(count)} de ventaja`,
  tie: "Empate",
  asOf: (time) => `a fecha de ${time}`,
  updated: (ago) => `actualizado ${ago}`,
  justNow: "ahora mismo",
  retired: "ya no se puede votar",
  hidden: (count) => `Los resultados se muestran al final de la votación. ${votes(count)} hasta ahora.`,

  opensIn: (time) => `Abre en ${time}`,
  opensAt: (date) => `Abre el ${date}`,
  open: "Abierta",
  closesIn: (time) => `Abierta: cierra en ${time}`,
  closesAt: (date) => `Abierta: cierra el ${date}`,
  closed: "Cerrada, en recuento",
  final: "Resultado final",
  address: "Vote aquí",
  rules: {
    Request:
      "Un doble clic o una tecla mantenida es un solo voto. No hay cuentas: nada impide votar otra vez, y cada voto"
      + " cuenta.",
    BrowserLast:
      "Un voto por navegador: puede cambiarlo mientras la votación esté abierta, y cuenta el último. Es una cortesía:"
      + " otro navegador es otra papeleta.",
    BrowserFirst:
      "Un voto por navegador: cuenta el primero. Es una cortesía: otro navegador es otra papeleta.",
    TokenLast:
      "Un voto por enlace: puede cambiarlo mientras la votación esté abierta, y cuenta el último.",
    TokenFirst: "Un voto por enlace: cuenta el primero.",
  },
};
