// What the form can do better with JavaScript: it is sent in place, a draft survives a reload, and nothing is sent twice.
// Without this file the form is posted as it stands, and the service answers with a page.

const form = document.querySelector("form");
const words = JSON.parse(document.getElementById("words").textContent);
const status = document.getElementById("status");
const button = document.getElementById("send");
const DRAFT = "katsaus-draft";
// Kept in this tab only. Contact details are not: the tab may be a library's.
const DRAFT_FIELDS = ["type", "title", "text", "topic", "branch", "unit", "address"];

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Choosing a group of services leaves its units only. Options are taken out, not hidden: not every browser hides them.
const { branch, unit } = form.elements;
const groups = [...unit.querySelectorAll("optgroup")];
function narrow() {
  const chosen = unit.value;
  for (const group of groups) {
    if (!branch.value || group.dataset.branch === branch.value) unit.append(group);
    else group.remove();
  }
  unit.value = chosen;
  if (unit.selectedIndex < 0) unit.value = "";
}
// A page that came back without JavaScript's help has some of the units only, so its button stays.
if (groups.length > 1 || branch.length <= 2) {
  document.getElementById("narrow").remove();
  branch.addEventListener("change", () => {
    narrow();
    document.getElementById("narrowed").textContent = fill(words.narrowed, { count: unit.querySelectorAll("optgroup option").length });
  });
}

// The counter speaks only near the end: a number at every key would drown the writer's own words.
const text = form.elements.text;
const counter = document.getElementById("text-counter");
function count() {
  const left = text.maxLength - text.value.length;
  counter.textContent = left <= 200 ? fill(words.characters_left, { count: left }) : "";
}
text.addEventListener("input", count);

function keepDraft() {
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(DRAFT_FIELDS.map((name) => [name, form.elements[name].value]))));
  } catch { /* a full or forbidden storage costs only the draft */ }
}
function restoreDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
    for (const name of DRAFT_FIELDS) if (draft[name] && !form.elements[name].value) form.elements[name].value = draft[name];
  } catch { /* as above */ }
}
form.addEventListener("input", keepDraft);

const locate = document.getElementById("locate");
if (navigator.geolocation) {
  locate.hidden = false;
  const told = document.getElementById("locate-status");
  locate.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(5);
      form.elements.longitude.value = coords.longitude.toFixed(5);
      told.textContent = words.located;
    },
    () => { told.textContent = words.not_located; },
  ));
}

function showErrors(errors) {
  const summary = document.getElementById("errors");
  const list = summary.querySelector("ul");
  list.replaceChildren();
  for (const shown of form.querySelectorAll(".error")) shown.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const rest = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.endsWith("-error"));
    rest.join("") ? field.setAttribute("aria-describedby", rest.join(" ")) : field.removeAttribute("aria-describedby");
  }
  for (const [name, message] of Object.entries(errors)) {
    const field = document.getElementById(name);
    const link = document.createElement("a");
    link.href = `#${words.targets[name]}`;
    link.textContent = message;
    const item = document.createElement("li");
    item.append(words.targets[name] ? link : message);
    list.append(item);
    const place = document.getElementById(`${name}-error`);
    if (!field || !place) continue;
    place.textContent = message;
    place.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${name}-error`.trim());
  }
  summary.hidden = list.children.length === 0;
  if (!summary.hidden) {
    document.title = `${words.error_prefix} ${words.title}`;
    summary.focus();
  }
}

// "attachments[2]" and "location.latitude" are told at their field.
const fieldOf = (name) => name.split(/[.[]/)[0];

function missing() {
  const errors = {};
  if (!text.value.trim()) errors.text = words.errors.text;
  const email = form.elements.sender_email;
  if (email.value ? !email.checkValidity() : form.elements.reply_wanted.checked) errors.sender_email = words.errors.sender_email;
  const files = [...(form.elements.attachments?.files ?? [])];
  if (files.length > words.attachment_max_count || files.some(({ size }) => size > words.attachment_max_bytes)) {
    errors.attachments = words.errors.attachments;
  }
  return errors;
}

// ALTCHA's challenge: find the number whose SHA-256 after the salt is the challenge.
async function solvedChallenge() {
  const challenge = await (await fetch("/v1/challenge")).json();
  const encoder = new TextEncoder();
  const salt = challenge.salt.endsWith("&") ? challenge.salt : `${challenge.salt}&`;
  for (let number = 0; number <= challenge.maxnumber; number += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(salt + number)));
    if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === challenge.challenge) {
      const { algorithm, signature } = challenge;
      return btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt: challenge.salt, signature }));
    }
  }
  return "";
}

async function send() {
  const data = new FormData(form);
  const key = data.get("idempotency_key");
  for (const name of ["lang", "idempotency_key", "branch"]) data.delete(name);
  if (words.proof_of_work_required) data.set("proof_of_work", await solvedChallenge());
  const hasFiles = data.getAll("attachments").some(({ size }) => size > 0);
  if (!hasFiles) data.delete("attachments");
  // Without files as a plain form, which is taken together with those of others.
  const body = hasFiles ? data : new URLSearchParams(data);
  const response = await fetch("/v1/feedback", { method: "POST", body, headers: { "Idempotency-Key": key } });
  const answer = await response.json();
  if (response.status === 201) {
    sessionStorage.removeItem(DRAFT);
    const told = new URLSearchParams({ lang: document.documentElement.lang, sent: "1" });
    if (answer.masked.length) told.set("masked", answer.masked.join(","));
    if (answer.duplicate_of) told.set("duplicate", "1");
    if (answer.belongs_elsewhere) told.set("matter", answer.belongs_elsewhere.matter);
    location.assign(`/form/receipts/${answer.receipt}?${told}`);
    return true;
  }
  if (response.status === 429) {
    showErrors({ other: fill(words.errors.too_many, { seconds: response.headers.get("Retry-After") ?? "60" }) });
  } else if (response.status < 500) {
    const names = answer.invalid_params.map(({ name }) => fieldOf(name));
    const told = (names.length ? names : ["other"]).map((name) => (words.targets[name] ? name : "other"));
    showErrors(Object.fromEntries(told.map((name) => [name, words.errors[name]])));
  } else {
    status.textContent = words.failed;
  }
  return false;
}

let isSending = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) return;
  status.textContent = "";
  const errors = missing();
  showErrors(errors);
  if (Object.keys(errors).length) return;
  isSending = true;
  button.setAttribute("aria-disabled", "true");
  status.textContent = words.sending;
  let isDone = false;
  try {
    isDone = await send();
  } catch {
    status.textContent = navigator.onLine ? words.failed : words.offline;
  }
  if (!isDone) {
    if (status.textContent === words.sending) status.textContent = "";
    isSending = false;
    button.removeAttribute("aria-disabled");
  }
});

restoreDraft();
narrow();
count();
if (!document.getElementById("errors").hidden) document.getElementById("errors").focus();
