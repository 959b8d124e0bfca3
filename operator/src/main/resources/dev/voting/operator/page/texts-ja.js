// The page's words in Japanese.

const number = new Intl.NumberFormat("ja").format;
const votes = (count) => `${number(count)}票`;

export const texts = {
  language: "ja",
  page: {
    "#ballot-heading": "投票",
    "#results-heading": "結果",
    "#discard": "この票を破棄",
    ".slow": "時間がかかっています。ページを再読み込みすると直ることがあります。",
  },
  votes,

  vote: "投票する",
  again: "もう一度投票",
  change: "これに変更",
  own: "✓ あなたの票",
  thanks: "✓ ありがとう",
  sending: "送信中…",
  retry: "再送信",
  retryIn: (seconds) => `${seconds}秒後に再送信`,
  unclear: "不明",
  notCounted: "未集計",
  notSent: "未送信",
  sendingFor: (label) => `「${label}」への票を送信しています…`,
  accepted: (label) => `ありがとうございます。「${label}」への票を受け付けました。`,
  received: (label) => `ありがとうございます。「${label}」への票が届きました。最初の票が有効です。`,
  discarded: (label) => `破棄しました。「${label}」への票は数えられていません。`,
  discardedUnclear: (label) =>
    `破棄しましたが、「${label}」への票は数えられる場合があります。届いたかどうかは不明です。`,
  discardedStale: "破棄しました。",
  needsLink: "投票するには、受け取ったリンクを開いてください。リンク1つにつき1票です。",

  failures: {
    offline: "オフラインです",
    unreachable: "投票サービスが応答しませんでした",
    unavailable: "投票サービスが票を受け付けられませんでした",
    "too-many": "一度に多くの票が送られました",
    refused: "この票は受け付けられませんでした",
    unsent: "未送信の票があります",
    closed: "投票は終了しました",
    "not-open": "投票はまだ始まっていません",
    "no-token": "このリンクでは投票できません",
    stale: "前の回への票です",
  },
  back: { offline: "再び接続しました", other: "投票サービスが復旧しました" },
  ready: (label) => `「${label}」への票を送信できます。二重に数えられることはありません。`,
  refused: (label) =>
    `投票サービスは「${label}」への票を受け付けません。ページを再読み込みして投票してください。`,
  mayCount: (label) => `「${label}」への票はすでに数えられた可能性があります。`,
  doesNotCount: (label) => `「${label}」への票は数えられていません。`,
  kept: "票はここに保存されています。",
  keptHere: "票は、ページを離れるか再読み込みするまでここに保存されます。",
  wayOut: {
    offline: "接続が戻ったら送信してください。二重に数えられることはありません。",
    "too-many": "少し待ってから、もう一度お試しください。",
    "not-open": "投票が始まったら送信してください。",
    other: "再送信しても二重に数えられることはありません。",
  },
  askForLink: "受け取ったリンク全体を開くか、別のリンクを依頼してください。",
  stale: "今回には送信されていません。",
  staleMayCount: "前の回で数えられた可能性があり、今回には送信されません。",

  connection: {
    connecting: "接続中",
    live: "ライブ",
    delayed: "集計の遅れ",
    polling: "数秒ごと",
    reconnecting: "再接続中",
    offline: "オフライン",
    paused: "一時停止",
  },
  pause: "一時停止",
  resume: "再開",
  paused: "結果の更新を一時停止しました。",
  resumed: "結果の更新を再開しました。",
  withoutResults: {
    offline: "オフラインです。接続すると結果が表示されます。",
    reconnecting: "今は結果がありません。サービスが応答すると表示されます。",
    paused: "まだ結果がありません。",
    other: "結果を読み込んでいます…",
  },
  noVotes: "まだ票がありません。",
  firstVote: "まだ票がありません。最初の1票をどうぞ。",
  total: (count) => `合計${votes(count)}`,
  lead: (label, count) => `${label}が${votes(count)}リード`,
  tie: "同数です",
  asOf: (time) => `${time}現在`,
  updated: (ago) => `${ago}に更新`,
  justNow: "たった今",
  retired: "現在は選択できません",
  hidden: (count) => `結果は投票終了後に表示されます。現在${votes(count)}。`,

  opensIn: (time) => `開始まで ${time}`,
  opensAt: (date) => `${date} 開始`,
  open: "受付中",
  closesIn: (time) => `受付中: 終了まで ${time}`,
  closesAt: (date) => `受付中: ${date} 終了`,
  closed: "終了、集計中",
  final: "最終結果",
  address: "投票はこちら",
  rules: {
    Request:
      "ダブルクリックやキーの長押しは1票です。アカウントはなく、誰でも何度でも投票でき、すべての票が数えられます。",
    BrowserLast:
      "ブラウザーごとに1票です。受付中は変更でき、最後の票が有効です。これは良識に基づくもので、別のブラウザーは別の票になります。",
    BrowserFirst:
      "ブラウザーごとに1票で、最初の票が有効です。これは良識に基づくもので、別のブラウザーは別の票になります。",
    TokenLast: "リンクごとに1票です。受付中は変更でき、最後の票が有効です。",
    TokenFirst: "リンクごとに1票で、最初の票が有効です。",
  },
};
