import type { Messages } from "../en.ts";

export const screens: Messages["screens"] = {
  login: "Вход",
  confirm: "Подтверждение",
  payment: "Платёж",
  activate: "Активация",
};
