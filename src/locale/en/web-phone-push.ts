/** How the web client is woken; the service worker has these words alone. */
export const webPhonePush = {
  /** Outside of the client, where anybody may look. */
  notification: "Something waits for your answer.",
  heading: "Notifications",
  on: "Turn notifications on",
  onWhy:
    "When a site waits for your answer, this device says so, also while E-num is closed. It says no more than that: who asks, and for what, is seen in E-num alone.",
  turnedOn: "Notifications are on for this account.",
  off: "Turn notifications off",
  offWhy: "They are on for this account. Without them you see what waits when you open E-num.",
  turnedOff: "Notifications are off for this account.",
  blocked:
    "This browser does not let E-num show notifications. Allow them for this page in the settings of the browser or the phone, then come back.",
  notAllowed: "You did not allow notifications, so they stay off.",
  failed: "The browser could not prepare them. It needs a network for it: try again in a moment.",
  unknownService:
    "The provider does not work with this browser’s notifications. E-num shows what waits when you open it.",
};
