/** The names of the phone's screens, as the phone shows them. */
export const screens = { login: "Log in", confirm: "Confirm", payment: "Payment", activate: "Activate" };
