"use strict";
// Hides the lines and the marks that do not match; without it, all of them stay.
(() => {
  const form = document.getElementById("filtres");
  const found = document.getElementById("trouvees");
  const rows = [...document.querySelectorAll("tr[data-uai]")];
  const marks = new Map(
    [...document.querySelectorAll("svg [data-mark]")].map((one) => [one.dataset.mark, one]),
  );
  const folded = (text) =>
    text
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/œ/g, "oe")
      .replace(/æ/g, "ae")
      .split(/[^a-z0-9]+/)
      .filter(Boolean);
  const asked = (name) => (form.elements[name] ? form.elements[name].value : "");

  const apply = () => {
    const words = folded(asked("texte"));
    const [commune, state, alert] = [asked("commune"), asked("etat"), form.elements.alerte.checked];
    let shown = 0;
    for (const row of rows) {
      const { texte, insee, etat, alerte, uai } = row.dataset;
      const fits =
        words.every((word) => texte.includes(word)) &&
        (!commune || commune === insee) &&
        (!state || state === etat) &&
        (!alert || alerte === "1");
      row.hidden = !fits;
      const mark = marks.get(uai);
      if (mark) mark.toggleAttribute("hidden", !fits);
      shown += fits ? 1 : 0;
    }
    const many = shown > 1 ? "écoles affichées" : "école affichée";
    found.textContent = `${shown} ${many} sur ${rows.length}`;
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();
})();
