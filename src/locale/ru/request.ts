import type { Messages } from "../en.ts";
import { datum } from "../markup.ts";

export const request: Messages["request"] = {
  declined: {
    heading: "Отклонено на телефоне",
    body: "Никто не вошёл, и ничего не подтверждено.",
    told: (site) => `Никто не вошёл, и ничего не подтверждено. Сайт ${datum(site)} узнает об этом, когда вы вернётесь.`,
    alarmed: "На телефоне нажали «Это не я». Все открытые запросы счёта закрыты, владелец предупреждён.",
    mistaken: "Случайно? Тогда вернитесь и начните ещё раз.",
  },
};
