import { datum } from "../markup.ts";
import { screens } from "./screens.ts";
import { webPhoneErrors } from "./web-phone-errors.ts";
import { webPhoneMoved } from "./web-phone-moved.ts";
import { webPhonePush } from "./web-phone-push.ts";
import { webPhoneRequests } from "./web-phone-requests.ts";

/** The web client at `/phone`; it is bundled with every language. */
export const webPhone = {
  product: "E-num",
  language: "Language",
  error: "Error:",
  back: "Back",
  next: "Next",
  done: "Done",
  /** As the pages name them. */
  screens,
  answersAs: (who: string, where: string) => `${datum(who)} at ${datum(where)}`,
  home: {
    heading: "What does the page ask for?",
    body: "Choose here what the page names.",
    login: "The page shows a check number for a sign-in",
    confirm: "The page says *Confirm*, and shows a check number alone",
    payment: "The page shows a check number, an amount and a purse",
    activate: "The page that connects this device shows a check number",
    accounts: "Accounts and this device",
    choose: "Whose answer?",
    install: "Install E-num",
  },
  welcome: {
    heading: "Make this device your E-num",
    body: "It turns check numbers into responses: without a password, and without a network.",
    how: "You need an activation code. A site shows one when you register, or when you add a device to your account.",
    connect: "I have an activation code",
    register: "Register",
    registerWhy:
      "No account yet? You prove your e-mail and your phone number, and this device is connected at the end.",
  },
  number: {
    heading: { login: "Log in", confirm: "Confirm", activate: "Activate" },
    label: "Check number",
    hint: "8 digits from the page",
    afterCode:
      "The code is taken. The page goes on by itself, or after you press its button, and shows a check number. Enter it here.",
  },
  payment: {
    heading: "Payment",
    number: "Check number",
    numberHint: "8 digits",
    amount: "Amount",
    amountHint: "As the page shows it, such as 10.50",
    recipient: "Purse or WMID of the payee",
    recipientHint: "Such as Z123456789012. Spaces do not count.",
    whichAmount: (typed: string) => `What does ${datum(typed)} mean?`,
    whichLetter: (digits: string) => `${datum(digits)} has no letter. What is it?`,
    letters: "The letter is the purse’s currency: the page shows it before the digits.",
    purse: (purse: string, currency: string) => `Purse ${datum(purse)} (${currency})`,
    wmid: (wmid: string, currency: string) => `WMID ${datum(wmid)}, in ${datum(currency)}`,
    choose: "Choose one of these.",
  },
  agree: {
    heading: {
      login: "Log in with this number?",
      confirm: "Confirm with this number?",
      activate: "Activate this device?",
      payment: "Pay this?",
    },
    number: "Check number",
    amount: "Amount",
    purse: "Purse",
    wmid: "WMID",
    compare: "Compare it with the page, digit by digit.",
    pin: "PIN",
    pinHint: "Nothing here can tell whether it is the right one.",
    show: "Show the response",
    computing: "Computing…",
  },
  answer: {
    heading: "Type this response on the page",
    refused:
      "Does the page refuse it? Then the number, the screen or the PIN was another: a wrong PIN gives a wrong response, and this device cannot tell.",
    closes: (seconds: number) => `Closes by itself in ${seconds} s`,
    pending: "When the page says that your phone is connected, you are done here.",
    active: "This device is active",
    activeBody: (who: string) => `From now on it answers for ${datum(who)}.`,
    activeHere: (who: string) =>
      `From now on it answers for ${datum(who)}. If a page of a site waits for this, go back to it: it goes on by itself.`,
    said: (digits: string) => `The response is ${digits}.`,
  },
  connect: {
    heading: "Connect this device",
    email: "E-mail of your E-num account",
    code: "Activation code",
    codeHint: "10 letters and digits from the page",
    name: "Name of this device",
    nameHint: "You will see it in your account.",
    provider: "Address of the provider",
    providerHint: "Leave it as it is, unless the page that shows the code names another.",
    elsewhere: "The code comes from another provider",
    given: (who: string, where: string) => `An activation code for ${datum(who)} at ${datum(where)} has been read.`,
    already: {
      heading: "Connected already",
      body: (who: string) =>
        `This device answers for ${datum(who)} already, so the code is for another one. The PIN is changed in the account’s settings. To connect this device anew, remove it there first.`,
    },
    notMine: "Connect only your own account, with a code from a page that you opened yourself.",
  },
  devices: {
    iphone: "iPhone",
    ipad: "iPad",
    android: "Android phone",
    windows: "Windows computer",
    mac: "Mac",
    linux: "Linux computer",
    other: "Browser",
  },
  newPin: {
    heading: "Choose a PIN",
    headingNew: "Choose the new PIN",
    rules: "Six digits are enough; up to twelve are possible.",
    reason:
      "The PIN locks the secret on this device and is stored nowhere, so nobody can tell you what it was, and nobody who finds the device can look it up. Five wrong guesses at the site lock the account for a while; a PIN that comes to everybody’s mind first is found in fewer.",
    pin: "PIN",
    again: "The same PIN again",
    connect: "Connect",
    change: "Change the PIN",
    working: "Asking the provider…",
    differ: "The two are not the same: type the PIN again.",
    weak: "That PIN is among the first that anybody would try: choose digits without a pattern.",
  },
  install: {
    ios: "Install first, then connect",
    iosWhy:
      "In Safari’s own window an iPhone erases what a page keeps after a week without a visit. On the Home Screen it stays.",
    iosShare: "In Safari press *Share*, then *Add to Home Screen*.",
    iosOpen: "Open E-num from the Home Screen and connect it there, with the same code.",
    notKept: "This browser does not promise to keep it",
    notKeptWhy:
      "When room runs out it may erase this client’s secret, and nobody has a copy. Then your account needs another device or a new activation. An installed client is kept more safely.",
  },
  accounts: {
    heading: "Accounts and this device",
    using: "Answers now",
    open: "Settings",
    add: "Connect another account",
    pending: "Not active yet",
  },
  account: {
    email: "E-mail",
    provider: "Provider",
    device: "This device",
    changePin: "Change the PIN",
    changePinWhy:
      "The device takes a new secret from the provider and puts it under the new PIN. For this it needs a network.",
    admit: "Admit a new browser",
    admitWhy:
      "After many wrong responses in new browsers your account lets none in. Here you let them try for 15 minutes: only when you sign in yourself, never because somebody asks you to.",
    unlink: "Remove this device from the account",
    unlinkWhy: "Erases the secret here and at the provider. Without another device you cannot sign in to this account.",
  },
  renew: {
    heading: "Your PIN until now",
    why: "It proves to the provider that the device is in your hand.",
    pin: "PIN until now",
    done: "The PIN is changed",
    doneBody: "From now on only the new one gives right responses.",
    wrong: (left: string) => `The provider refuses: the PIN until now was another. ${left}`,
  },
  unlink: {
    heading: "Remove this device?",
    body: (name: string, who: string) =>
      `${datum(name)} will no longer answer for ${datum(who)}. What it knows is erased.`,
    yes: "Remove it",
    done: "This device is removed",
    doneBody: (who: string) => `Its secret for ${datum(who)} is erased, here and at the provider.`,
    here: "Erase it here alone",
    hereWhy:
      "Without the provider’s word you can erase the secret here alone. The device then stays in the account’s list until you remove it there.",
    hereDone: (who: string) =>
      `Its secret for ${datum(who)} is erased here. The account still lists it: remove it there as well.`,
  },
  admitted: {
    heading: "New browsers may try",
    body: (until: string) => `Until ${until} they may sign in to this account, with a right response.`,
  },
  update: {
    body: "A newer version of this client is here.",
    now: "Use it now",
  },
  closed: "Nothing was touched for a minute, so everything that was on the screen has been closed.",
  revoked: {
    heading: "This device was removed",
    body: (who: string) =>
      `The provider says that this device no longer belongs to ${datum(who)}. Its secret has been erased here. With a new activation code you can connect it again.`,
  },
  gone: {
    heading: "This account is not here any more",
    body: "It was removed in another window, or the browser has erased what E-num kept. With a new activation code you can connect this device again.",
  },
  broken: {
    heading: "This browser keeps nothing",
    body: "An E-num client must keep its secret on the device. Open this page in a window that is not private, or in another browser.",
  },
  failed: {
    heading: "That did not work",
    body: "Something went wrong that should not. Nothing was sent to a site. Close E-num, open it and try again.",
  },
  requests: webPhoneRequests,
  push: webPhonePush,
  moved: webPhoneMoved,
  errors: webPhoneErrors,
};

/** A language of the client is complete or does not compile. */
export type WebPhoneWords = typeof webPhone;
