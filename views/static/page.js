// The page's only script. Every page works without it: it counts down, groups digits, and goes on when the phone answers.

(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => document.querySelectorAll(selector);
  const say = (text) => {
    for (const place of all("[data-announce]")) place.textContent = text;
  };

  // Times are told by UTC; here is the person's own clock.
  for (const time of all("time[data-clock]")) {
    const at = new Date(time.dateTime);
    const now = new Date();
    const today = at.toDateString() === now.toDateString();
    const how = {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      ...(today ? {} : { day: "numeric", month: "long" }),
      ...(at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
    };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, how).format(at);
  }

  // Digits are grouped as they are typed; the caret stays behind the same digit.
  for (const input of all("input[data-group]")) {
    const first = Number(input.dataset.group[0]);
    const unwanted = input.inputMode === "numeric" ? /[^0-9]/g : /[^0-9a-z]/gi;
    const group = () => {
      const before = input.value.slice(0, input.selectionStart).replace(unwanted, "").length;
      const signs = input.value.replace(unwanted, "").toUpperCase();
      const text = signs.length > first ? `${signs.slice(0, first)} ${signs.slice(first)}` : signs;
      if (text === input.value) return;
      input.value = text;
      const caret = before > first ? before + 1 : before;
      if (document.activeElement === input) input.setSelectionRange(caret, caret);
    };
    input.addEventListener("input", group);
    group();
  }

  // An error is read first. The field is next, but not where the keyboard would cover the number.
  const first = one("[data-focus-first]") ?? (matchMedia("(pointer:fine)").matches ? one("[data-focus]") : null);
  if (first && !location.hash) first.focus({ preventScroll: true });

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#qr") location.hash = "#main";
  });

  const box = one("[data-challenge]");
  // A page out of the browser's memory has stopped clocks. What a site is told by a form is on its way once the page is there.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) one("[data-go]")?.submit();
    else if (box) location.reload();
  });

  const clock = one("[data-countdown]");
  let over = !clock;
  if (clock) {
    const words = clock.dataset;
    const end = performance.now() + Number(words.countdown) * 1000;
    let told = Number(words.countdown) <= 60;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      const text = left < 60 ? words.seconds : words.minutes;
      clock.textContent = text.replace("{m}", Math.floor(left / 60)).replace("{s}", left % 60);
      clock.parentElement.classList.toggle("soon", left <= 60);
      if (left <= 60 && !told) say(words.last);
      told ||= left <= 60;
      if (left > 0) return;
      clearInterval(timer);
      over = true;
      clock.textContent = words.spent;
      const heading = one(":is(h1, h2)[data-spent]");
      const { spent } = heading.dataset;
      document.title = document.title.replace(heading.textContent, spent);
      heading.textContent = spent;
      box.dataset.state = "expired";
      for (const part of all("[data-when]")) part.hidden = part.dataset.when === "open";
      say(spent);
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  // What the person sends is on its way: the answer that it brings is this page's own, and no news from the phone.
  // A button that is pressed twice sends once: the second time could come where the first has led on already.
  let sent = 0;
  addEventListener("submit", (event) => {
    over = true;
    if (performance.now() < sent) event.preventDefault();
    else sent = performance.now() + 1e3;
  });

  // Asks every 2 s whether the phone has answered, less and less often, and not while nobody looks.
  if (box?.dataset.status) {
    let wait = 2000;
    const ask = async () => {
      if (over) return;
      if (document.hidden) return addEventListener("visibilitychange", ask, { once: true });
      try {
        const answer = await fetch(box.dataset.status, { headers: { accept: "application/json" } });
        if (!answer.ok) throw answer;
        const { state, reached } = await answer.json();
        if (over) return;
        if (reached) for (const place of all("[data-reached]")) place.textContent ||= place.dataset.reached;
        if (state === "over") return location.reload();
        if (state === "moved") {
          say(box.dataset.moved);
          box.dataset.state = "moved";
          const button = one("button[value=answered]");
          return button ? button.form.requestSubmit(button) : location.reload();
        }
        wait = Math.min(wait * 1.05, 5e3);
      } catch {
        wait = Math.min(wait * 2, 3e4);
      }
      setTimeout(ask, wait);
    };
    setTimeout(ask, wait);
  }

  // The outbox of a development server.
  const list = "[data-refresh]";
  if (one(list)) {
    setInterval(async () => {
      if (document.hidden) return;
      const page = new DOMParser().parseFromString(await (await fetch("")).text(), "text/html");
      const fresh = page.querySelector(list);
      if (fresh && fresh.textContent !== one(list).textContent) one(list).replaceWith(fresh);
    }, 3000);
  }
})();
