// A passkey: the browser makes or shows it, and the form sends what it says. Without this script the page has codes.
(() => {
  const decode = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0)
  ).buffer;
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  // As WebAuthn's own JSON has it: what is bytes there is text here.
  const read = (options) => {
    const known = (list) => (list || []).map((one) => ({ ...one, id: decode(one.id) }));
    const found = { ...options, challenge: decode(options.challenge) };
    if (found.user) found.user = { ...found.user, id: decode(found.user.id) };
    if (found.excludeCredentials) found.excludeCredentials = known(found.excludeCredentials);
    if (found.allowCredentials) found.allowCredentials = known(found.allowCredentials);
    return found;
  };
  const write = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      const part = credential.response[name];
      if (part) response[name] = encode(part);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: encode(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const options = JSON.parse(form.dataset.options).publicKey;
    const failed = form.querySelector(".field-error[role]");
    form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      failed.hidden = true;
      try {
        const found = await navigator.credentials[form.dataset.passkey]({ publicKey: read(options) });
        form.elements.credential.value = write(found);
        form.submit();
      } catch {
        failed.textContent = form.dataset.failed;
        failed.hidden = false;
      }
    });
  }
})();
