import { datum } from "../markup.ts";

/** Codes that the web client scans, and requests that it answers over the network. */
export const webPhoneRequests = {
  scan: {
    mode: "Scan a code",
    help: "The page shows a QR code",
    heading: "Scan the code on the page",
    view: "What the camera sees",
    asking: "The browser asks whether E-num may use the camera.",
    looking: "Hold the phone so that it sees the whole code. It is read by itself.",
    foreign: "That is a QR code, but none of E-num’s. Hold the phone before the one on the page.",
    refused: {
      title: "The camera is not allowed",
      help: "Allow it for this page in the settings of the browser or the phone. Without it choose a picture of the code, paste its text, or type the check number.",
    },
    missing: {
      title: "There is no camera here",
      help: "Choose a picture of the code, paste its text, or type the check number.",
    },
    busy: {
      title: "Another program has the camera",
      help: "Close it and try again. Or choose a picture of the code, paste its text, or type the check number.",
    },
    again: "Try the camera again",
    picture: "Choose a picture of the code",
    noCode: "No code was found in that picture. Take one that shows the whole code, sharp and straight.",
    text: "Or paste the text of the code",
    textHint: "It begins with enum:",
    empty: "Paste the text of the code here first.",
    open: "Open it",
  },
  looking: {
    heading: "One moment",
    body: "The provider is asked who this comes from.",
    enrols: "The provider is asked whether this phone still answers for the account.",
  },
  /** Who asks, from where, and how far that is known. */
  source: {
    heading: (site: string) => `Sign in to ${datum(site)}?`,
    place: "From",
    browser: "Browser",
    unknown: "unknown",
    until: (time: string) => `Open until ${time}`,
    known: "This browser has signed in to this account before.",
    stranger: {
      title: "This browser never signed in to this account",
      help: "Is it you, at a page that you opened yourself? If a message led you there, or somebody urges you, decline.",
    },
    /** A site that asks by itself: there is no browser. */
    site: {
      title: "The site asks by itself, from no browser",
      help: "It shows you the check number or reads it out: where you are, or on the telephone that you have called. If nobody does, or you did not ask for it, decline.",
      says: "It says",
      number: "8 digits that the site shows or reads out",
    },
    offline: {
      title: "Without a network this phone cannot know who asks",
      help: "Look at the address of the page, and go on only if you opened it yourself.",
    },
    unlisted: {
      title: "Your provider does not list this request for you",
      help: "It may have run out, be somebody else’s, or come from a browser that never signed in. Go on only at a page that you opened yourself.",
    },
    unnamed: {
      title: "The code does not say which request it is for",
      help: "So this phone cannot know who asks. Go on only at a page that you opened yourself.",
    },
  },
  agree: {
    heading: (noun: string) => `${noun}: confirm this?`,
    headingPlain: "Confirm this?",
    send: "Send the answer",
    expired: {
      title: "By this phone’s clock this request is over",
      help: "The provider decides. Look whether the page still shows the same number, and whether the phone’s clock is right.",
    },
    "not-yet-valid": {
      title: "By this phone’s clock this request lies in the future",
      help: "The provider decides. Look at the phone’s date and time.",
    },
  },
  request: {
    scan: "Scan the code instead",
  },
  inbox: {
    heading: "Waiting for your answer",
    login: (site: string) => `Sign in to ${datum(site)}`,
    operation: (site: string) => `${datum(site)} asks you to confirm`,
    stranger: "From a browser that never signed in",
    came: (site: string) => `A request from ${datum(site)}`,
    cameFor: (site: string, who: string) => `A request from ${datum(site)}, for ${datum(who)}`,
    over: {
      heading: "That request is over",
      body: "It has run out, was declined, or was answered elsewhere. Look at the page.",
    },
  },
  decline: {
    question: "Did you start this, and is everything right? If not, decline.",
    heading: "Why do you decline?",
    reasons: {
      not_me: "It was not me",
      wrong_details: "The details are wrong",
      changed_mind: "I changed my mind",
    },
    notMeHelp:
      "Then all open requests of your account are closed, you are alerted by e-mail and SMS, and for a day requests from browsers that never signed in stay off your phones.",
    unchosen: "Choose why.",
    decline: "Decline",
    done: {
      heading: "Declined",
      told: (site: string) => `Nothing was confirmed, and ${datum(site)} is told so.`,
      notMe: (who: string) =>
        `Nothing was confirmed. All open requests of ${datum(who)} are closed, and its owner is alerted. For a day requests from browsers that never signed in stay off your phones.`,
    },
  },
  sent: {
    heading: "The answer is sent",
    body: "The page goes on by itself. Go back to it.",
    bySite: "The site hears of it. You are done here.",
    copy: "Copy the response",
    copied: "The response is copied.",
    back: "Back to the page",
  },
  /** Nothing more can be said to a request. */
  ended: {
    "already-used": {
      heading: "That was answered before",
      body: "The number has its answer, or the operation was confirmed by another request. Look at the page.",
    },
    expired: {
      heading: "That number has run out",
      body: "Nothing is wrong: take a new number on the page.",
    },
    exhausted: {
      heading: "That number is used up",
      body: "Three answers did not fit it. Take a new number on the page, and take care with the PIN: a wrong one gives a wrong response.",
    },
    declined: {
      heading: "Nothing was confirmed",
      body: "The request was declined, or it may not be confirmed by this account. The page says why.",
    },
    "not-found": {
      heading: "That request is not open",
      body: "The provider does not know it for this account. It may be over: look at the page.",
    },
  },
  /** Above any other reason. */
  unconfirmed: "Nothing was confirmed",
  /** What a code said was not right: there is no answer to it. */
  warning: {
    heading: "Do not go on with that page",
    forged:
      "What the code says was not signed by your provider. Whoever shows it wants you to confirm something else than you think. This phone gives no answer.",
    "other-provider": (where: string) =>
      `The code comes from another provider than this account’s, ${datum(where)}. This phone gives no answer.`,
    "other-number":
      "The check number is not the one that was signed with these details: somebody has put another code before you. This phone gives no answer.",
    "other-request": "The code names a request that is for something else. This phone gives no answer.",
    "other-account": (who: string) =>
      `The request is not one of ${datum(who)}: the page belongs to somebody else’s account. This phone shows no answer, for it would fit nothing of yours.`,
    unreadable: {
      heading: "That code cannot be shown",
      body: "It holds something that this client does not understand. It may need a newer version; until then decline on the page.",
    },
    unchecked: {
      heading: "That code cannot be checked here",
      body: "It is signed by a key that this phone does not know yet, and without a network your provider cannot be asked for it. Try again where there is one; until then do not go on with the page.",
    },
    "not-listed": {
      heading: "The details cannot be had",
      body: "They are too long for a code, so the provider is asked for them, and it lists no such request for you. It may be over: look at the page. Without a network, try again where there is one.",
    },
    decline: "If you did not start this, press *It was not me* on the page, and tell nobody a number.",
  },
};

export type WebPhoneRequests = typeof webPhoneRequests;
