// A button that shows what is typed as the password. Without this script the form is whole, only the button is missing.
(() => {
  const words = document.currentScript.dataset, field = document.getElementById("id_password");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  const say = () => { button.textContent = field.type === "password" ? words.show : words.hide; };
  button.addEventListener("click", () => { field.type = field.type === "password" ? "text" : "password"; say(); });
  // Sent as a password, or the browser keeps it among the words it offers.
  field.form.addEventListener("submit", () => { field.type = "password"; });
  say();
  field.after(button);
})();
