import type { Messages } from "../en.ts";
import { datum } from "../markup.ts";

export const common: Messages["common"] = {
  errorTitle: "Ошибка:",
  language: "Язык",
  signedIn: (email) => `Вы вошли как ${datum(email)}`,
  backTo: (site) => `Вернуться на сайт «${datum(site)}»`,
  cancel: "Отмена",
  development: {
    title: "Только для разработки",
    show: "Показать ответ",
    shown: "Телефон ответил бы",
  },
};

export const consent: Messages["consent"] = {
  heading: (site) => `Передать это сайту «${datum(site)}»?`,
  headingUnnamed: "Передать это сайту?",
  body: "Сайт запрашивает:",
  scopes: {
    email: "Ваш e-mail",
    phone: "Номер вашего телефона",
    profile: "Ваш язык и время последнего изменения счёта",
    wmid: "Ваш WMID",
    offline_access: "Доступ в ваше отсутствие — пока вы не отзовёте его в своём счёте",
  },
  choose: "Какой WMID?",
  chooseHint: "Сайт увидит только выбранный. Для этого сайта мы запомним ваш выбор.",
  note: "Ваших ответов сайт не узнает и ничего не сможет с этим оплатить или подписать.",
  allow: "Разрешить",
  decline: "Не разрешать",
};

export const signingOut: Messages["signingOut"] = {
  confirm: {
    heading: "Выйти и из E-num?",
    body: "На других сайтах вы остаётесь, пока не выйдете и там.",
    asked: (site) => `Вы уходите с сайта «${datum(site)}». Другим сайтам мы сообщим, если они об этом просили.`,
    yes: "Выйти",
    stay: "Остаться",
  },
  done: {
    heading: "Вы вышли",
    body: "При следующем входе из этого браузера снова понадобится телефон.",
  },
};

export const home: Messages["home"] = {
  heading: "Вход с телефоном в руке",
  body: "Ни пароля, ни SMS, которое могли бы прочесть по дороге.",
  show: "Сайт показывает число-вопрос.",
  enter: "Вы вводите его на телефоне.",
  type: "Число-ответ с телефона вы вводите на сайте.",
  bound: "При платеже ответ связан ещё с суммой и получателем: для других он бесполезен.",
  register: "Зарегистрироваться",
  open: "Открыть клиент E-num",
  developers: "Разработчикам",
  developersBody: "OpenID Connect с любой клиентской библиотекой. Укажите ей этот адрес (issuer):",
  discovery: "Документ обнаружения",
  outbox: "Письма и SMS этого сервера разработки",
};

export const outbox: Messages["outbox"] = {
  heading: "Исходящие",
  body: "При разработке письма и SMS не отправляются, а показываются здесь.",
  none: "Пока ничего не отправлено.",
  mail: "Письмо",
  sms: "SMS",
};
