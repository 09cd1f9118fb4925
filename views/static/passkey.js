// Passkeys: asks the browser for one, and sends what it gives by the page's own form. Where that cannot work, nothing of it is shown.

(() => {
  const box = document.querySelector("[data-passkey]");
  const api = globalThis.PublicKeyCredential;
  if (!box || !api?.parseRequestOptionsFromJSON || !api.parseCreationOptionsFromJSON) return;
  const { passkey, way, failed, known } = box.dataset;
  const form = box.querySelector("form");
  const said = box.querySelector("[role=status]");
  const options = JSON.parse(passkey);
  let waiting;

  const ask = async (mediation) => {
    waiting?.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    const given =
      way === "create"
        ? await navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(options), signal })
        : await navigator.credentials.get({
            publicKey: api.parseRequestOptionsFromJSON(options),
            signal,
            ...(mediation ? { mediation } : {}),
          });
    form.elements.credential.value = JSON.stringify(given);
    form.submit();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      await ask();
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = error.name === "InvalidStateError" && known ? known : failed;
    }
  });

  box.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = true;

  // Where the browser can, its own list of names has the passkeys in it.
  if (way === "get" && api.isConditionalMediationAvailable) {
    api.isConditionalMediationAvailable().then(
      (can) => can && ask("conditional").catch(() => {}),
      () => {},
    );
  }
})();
