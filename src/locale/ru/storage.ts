import type { Messages } from "../en.ts";
import { dayAndTimeOfDay, dayOf } from "../format.ts";
import { datum } from "../markup.ts";

const day = dayOf("ru");
const moment = dayAndTimeOfDay("ru");

export const storage: Messages["storage"] = {
  heading: "Ваши ключи в хранилище E-num",
  body: "Программы хранят здесь файлы ключей вашего WMID, чтобы вы могли получить их на любом компьютере. Они зашифрованы паролем, которого E-num не знает: без него их не откроет никто, и вы тоже. Каждый доступ подтверждает ваш телефон, и мы отправляем вам письмо о нём.",
  none: "Ключей у нас нет. Их помещает сюда программа, например WM Keeper; эта страница не может.",
  version: (number) => `Версия ${number}`,
  read: "Последнее получение",
  by: (at, by) => `${moment(at)}, ${datum(by)}`,
  neverRead: "Не было",
  moved: {
    title: "Перенесены",
    help: (until) =>
      `Программа забрала эти ключи. Получить их или вернуть на хранение можно до ${day(until)}, затем они исчезнут.`,
  },
  careful: "Удалённое не вернуть. Убедитесь, что ключи есть у вас в другом месте, иначе WMID больше не открыть.",
  remove: "Удалить эти ключи",
  back: "Назад к счёту",
  removing: {
    setting: (wmid) => `Ключи WMID ${wmid} в хранилище E-num`,
    from: "Хранятся",
    to: "Удалены вместе со всеми версиями",
  },
};
