import type { Messages } from "../en.ts";
import { datum } from "../markup.ts";

export const registration: Messages["registration"] = {
  step: (step, of) => `Шаг ${step} из ${of}`,
  start: {
    heading: "Регистрация в E-num",
    body: "E-num узнаёт вас по телефону в вашей руке. Пароля нет: нечего запоминать и нечего украсть.",
    email: "E-mail",
    emailHint: "Сначала пришлём код на него.",
    phone: "Номер телефона",
    phoneHint: "С кодом страны, например +7 912 345-67-89",
    next: "Далее",
    haveAccount: "У меня уже есть счёт",
  },
  emailCode: {
    heading: "Введите код из письма",
    body: (email) => `Мы отправили его на ${datum(email)}. Код действует 10 минут.`,
    label: "Код из письма",
    hint: "8 букв и цифр",
    next: "Далее",
    resendQuestion: "Письма нет? Загляните и в папку «Спам».",
    resend: "Отправить новый код",
    change: "Изменить e-mail",
  },
  phoneCode: {
    heading: "Введите код из SMS",
    body: (phone) => `Мы отправили его на ${datum(phone)}. Код действует 5 минут.`,
    label: "Код из SMS",
    hint: "6 цифр",
    next: "Далее",
    resendQuestion: "SMS не пришло за минуту?",
    resend: "Отправить новый код",
    change: "Изменить номер",
  },
  closed: {
    heading: "Регистрация закрыта",
    body: "Новые счета здесь сейчас не открывают. Если счёт E-num у вас уже есть, войти с ним можно.",
  },
};
