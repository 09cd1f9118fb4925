/** What is on the screen. A screen is data: `app.go` shows another, and the file of the same name in `screens/` draws it. */
export type Screen = HomeScreen | WelcomeScreen;

/** `closed`: everything was closed because nobody touched it. */
export type HomeScreen = { readonly name: "home"; readonly closed?: true };
/** While there is no account. */
export type WelcomeScreen = { readonly name: "welcome" };
