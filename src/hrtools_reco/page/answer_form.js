// The form keeps answers in the browser and gives them as a file. It scores nothing; only the button of a
// form that a service shows sends anything.
const STORE = `${ABOUT.questionnaire}-${ABOUT.version}`;
const form = document.getElementById("form");
const fields = [...form.querySelectorAll("[data-firm]")];
const questions = [...form.querySelectorAll("[data-question]")].map((one) => one.dataset.question);

function content() {
  const data = new FormData(form);
  const answers = {}, firm = {};
  for (const code of questions) if (data.get(code)) answers[code] = data.get(code);
  for (const field of fields) if (field.value) firm[field.dataset.firm] = field.type === "number" ? Number(field.value) : field.value;
  return { ...ABOUT, firm, answers };
}

function holds(when, now) {
  const heads = now.firm.headcount;
  if (when.low !== null || when.high !== null) {
    if (heads === undefined || heads < (when.low ?? 0) || heads > (when.high ?? Infinity)) return false;
  }
  return when.clauses.every(([name, answers]) => answers.includes(now.answers[name]));
}

function said(text) {
  return Object.entries(text).map(([lang, words]) => {
    const span = document.createElement("span");
    span.lang = span.dataset.in = lang;
    span.textContent = words;
    return span;
  });
}

// A fact that another answer settles is not asked; one that was answered stays.
function skip(now) {
  const settled = new Set(RULES.settled.filter(([, when]) => holds(when, now)).map(([fact]) => fact));
  for (const box of form.querySelectorAll("[data-question]")) {
    box.hidden = settled.has(box.dataset.question) && !now.answers[box.dataset.question];
  }
}

function tell(now) {
  for (const old of form.querySelectorAll(".clash")) old.remove();
  for (const [one, when] of RULES.clashes) {
    if (!holds(when, now)) continue;
    const places = one.questions.map((code) => form.querySelector(`[data-question="${CSS.escape(code)}"]`));
    for (const place of [document.getElementById("clashes"), ...places]) {
      if (!place) continue;
      const line = document.createElement(place.tagName === "UL" ? "li" : "p");
      line.className = "clash";
      line.dataset.clash = one.contradiction;
      line.append(...said(one.text));
      place.append(line);
    }
  }
}

function remember() {
  const now = content();
  skip(now);
  tell(now);
  const asked = form.querySelectorAll("[data-question]:not([hidden])").length;
  document.getElementById("count").textContent = `${Object.keys(now.answers).length} / ${asked}`;
  try { localStorage.setItem(STORE, JSON.stringify(now)); } catch { /* private window: nothing is kept */ }
}

function recall() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(STORE)); } catch { /* nothing that can be read */ }
  if (!kept) return;
  for (const [code, answer] of Object.entries(kept.answers ?? {})) {
    const box = form.querySelector(`input[name="${CSS.escape(code)}"][value="${CSS.escape(answer)}"]`);
    if (box) box.checked = true;
  }
  for (const field of fields) field.value = kept.firm?.[field.dataset.firm] ?? "";
}

function speak(lang) {
  document.body.dataset.lang = lang;
  document.documentElement.lang = lang;
  if (form.elements.lang) form.elements.lang.value = lang;
  for (const button of document.querySelectorAll("[data-lang][type=button]")) button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
}

for (const button of document.querySelectorAll("[data-lang][type=button]")) button.addEventListener("click", () => speak(button.dataset.lang));
form.addEventListener("input", remember);
form.addEventListener("submit", (event) => { if (!form.hasAttribute("action")) event.preventDefault(); });
document.getElementById("clear").addEventListener("click", () => {
  form.reset();
  remember();
});
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content(), null, 2)], { type: "application/json" }));
  link.download = "answers.json";
  link.click();
  URL.revokeObjectURL(link.href);
});
recall();
speak(document.body.dataset.lang);
remember();
