/* Nabij in the browser: live cards, keys, countdown, presses without reload. Everything also works without this file.
   No words stand here: the server draws all text. */
"use strict";

document.documentElement.classList.add("script");

const $ = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const page = $("#kaarten");
const toasts = $("#meldingen");
const dialog = $("#dialoog");
const query = page?.dataset.van ?? "";

const drawn = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  return box.content.firstElementChild;
};

/* ---------- toasts ---------- */

function toast(text, { bad = false, offer = "", again = null } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "card melding fout" : "card melding";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  if (offer && again) box.append(button(offer, () => { box.remove(); again(); }));
  box.append(button(toasts.dataset.sluit, () => box.remove()));
  $(bad ? "[role=alert]" : "[role=status]", toasts).append(box);
  if (!offer) setTimeout(() => box.remove(), bad ? 20000 : 5000);
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

/* ---------- presses ---------- */

const waiting = new Map();   // order key → what to do when it is answered
const early = new Map();     // answers that overtook their own receipt

async function press(form, submitter, over = false) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const address = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action"), location.href);
  if (over) address.searchParams.set("overnemen", "1");
  await send(address, body, form.closest("[data-kaart]"), dialog.contains(form) ? form : null);
}

/* inside: the form of the dialog it was pressed in, which closes once the order is stored. */
async function send(address, body, card, inside = null) {
  const buttons = card || inside ? all("button:not(:disabled), a.btn", card ?? inside) : [];
  buttons.forEach((one) => one.setAttribute("aria-disabled", "true"));
  const free = () => buttons.forEach((one) => one.removeAttribute("aria-disabled"));
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    free();
    toast(toasts.dataset.mislukt, { bad: true });
    return;
  }
  if (answer.status === 401) return location.reload();
  const said = await answer.json();
  if (answer.status !== 202) free();
  if (answer.status === 202) {
    if (inside) dialog.close();
    follow(said.key, { address, body, free, id: card?.dataset.kaart ?? inside?.dataset.geval, typed: inside && nameOf(inside) });
  } else if (answer.status === 422) swap(inside, said.html);
  else if (said.html) showText(card, said.html);
  else toast(said.text, { bad: true });
}

function follow(key, order) {
  waiting.set(key, order);
  if (early.has(key)) return told(early.get(key));
  setTimeout(async () => {   // the live line may be down: ask once
    if (!waiting.has(key)) return;
    const answer = await fetch(`/antwoord?antwoord=${encodeURIComponent(key)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 200) told({ key, ...(await answer.json()) });
    else order.free();
  }, 4000);
}

function told(answer) {
  const order = waiting.get(answer.key);
  if (!order) return early.set(answer.key, answer);   // pressed in another tab, or overtook its receipt
  waiting.delete(answer.key);
  order.free();
  if (answer.ok && order.typed) kept.delete(order.typed);
  const again = () => {
    order.address.searchParams.set("overnemen", "1");
    send(order.address, order.body, $(`#kaart-${order.id}`));
  };
  toast(answer.text, { bad: !answer.ok, offer: answer.offer, again });
  if (order.id) redraw(order.id);
}

function showText(card, html) {
  const place = card && $(".masked", card);
  if (!place) return;
  place.replaceWith(drawn(html));
  card.dataset.getoond = card.dataset.revisie;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || !(dialog.contains(form) || form.closest("[data-kaart], [data-levend]"))) return;
  event.preventDefault();
  if (event.submitter?.getAttribute("aria-disabled")) return;
  press(form, event.submitter);
});

/* ---------- dialogs: what was typed stays for as long as the page lives ---------- */

const kept = new Map();      // form and its text version → name and value of its fields
let touched = false;
const fieldsOf = (form) => [...form.elements].filter((one) => one.name && !["csrf", "key", "seen", "van", "act"].includes(one.name));
const nameOf = (form) => [form.dataset.teken, form.elements.seen.value, form.elements.seen_form?.value ?? ""].join(" ");

function keep() {
  const form = $("form", dialog);
  if (touched && form) kept.set(nameOf(form), fieldsOf(form).map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]));
}

function restore(form) {
  const values = kept.get(nameOf(form));
  touched = Boolean(values);
  for (const [name, value] of values ?? []) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = value;
    else if (field) field.value = value;
  }
  if (values && $("[data-opnieuw]", form)) drawAgain(form);
}

/* The form for what is chosen in it now. */
async function drawAgain(form, held = "") {
  const address = new URL(form.dataset.teken, location.href);
  address.searchParams.set("deel", "formulier");
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.ok) swap(form, await answer.text(), held);
}

function swap(form, html, held = "") {
  const fresh = drawn(html);
  form.replaceWith(fresh);
  (held ? fresh.elements[held] : $("#fouten", fresh) ?? $("textarea", fresh))?.focus();
}

dialog?.addEventListener("close", keep);
document.addEventListener("input", (event) => { if (dialog?.contains(event.target)) touched = true; });
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-opnieuw]")) drawAgain(event.target.form, event.target.name);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-formulier]");
  if (event.target.closest?.("[data-sluit]") && dialog.open) {
    event.preventDefault();
    dialog.close();
  }
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-disabled")) return;
  const address = new URL(link.href);
  address.searchParams.set("deel", "formulier");
  const answer = await fetch(address);
  if (!answer.ok) return location.assign(link.href);
  dialog.replaceChildren(drawn(await answer.text()));
  dialog.showModal();
  restore($("form", dialog));
});

/* ---------- live cards ---------- */

const order = (element) => element.dataset.orde.split(" ").map(Number);
const before = (a, b) => a[0] - b[0] || a[1] - b[1];

async function redraw(id) {
  if (!page && !$(`#kaart-${id}`)) return;
  const answer = await fetch(`/kaart/${id}?deel=kaart${query && "&" + query}`);
  if (answer.status === 401) return location.reload();
  count(answer.headers.get("Nabij-Open"));
  const fresh = answer.status === 200 ? drawn(await answer.text()) : null;
  const old = $(`#kaart-${id}`);   // only now: another redraw may have come first
  if (fresh) place(fresh, old);
  else if (page && (answer.status === 204 || answer.status === 404)) old?.remove();
  settle();
}

function place(fresh, old) {
  const held = old?.contains(document.activeElement) ? (document.activeElement.value || "card") : null;
  const current = old?.hasAttribute("aria-current");
  const home = { open: $("#open"), bundel: $("#bundel-rijen"), klaar: $("#klaar") }[fresh.dataset.plaats];
  const stays = !page || old && old.tagName === fresh.tagName && (fresh.dataset.plaats === "klaar" || old.parentElement === home);
  if (old && Number(old.dataset.revisie) > Number(fresh.dataset.revisie)) return;
  if (old?.dataset.getoond === fresh.dataset.revisie) return;   // nothing changed, and its text is being read
  if (stays) old.replaceWith(fresh);
  else {
    old?.remove();
    insert(fresh, home);
    if (!old && fresh.dataset.omroep) toast(`${toasts.dataset.nieuw}: ${fresh.dataset.omroep}`);
  }
  if (current && fresh.dataset.plaats === "open") fresh.setAttribute("aria-current", "true");
  if (held) (all("button", fresh).find((one) => one.value === held) ?? fresh).focus();
}

function insert(fresh, home) {
  if (fresh.dataset.plaats === "klaar") return home.prepend(fresh);
  const mine = order(fresh);
  const next = [...home.children].find((one) => one.dataset.orde && before(order(one), mine) > 0);
  home.insertBefore(fresh, next ?? null);
}

function count(open) {
  if (open === null || !$("#aantal")) return;
  $("#aantal").textContent = open;
  document.title = document.title.replace(/\(\d+\)/, `(${open})`);
}

function settle() {
  if (!page) return;
  const rows = $("#bundel-rijen").children.length;
  $("#bundel").hidden = !rows;
  $("#bundel-aantal").textContent = rows;
  $("#leeg").hidden = Boolean(rows || $("#open > [data-plaats=open]"));
  recount();
  const newest = lastOwn();
  all(".line.z").forEach((one) => one.classList.remove("z"));
  newest?.classList.add("z");
}

/* Only a page that shows every open card may count them. */
function recount() {
  if (!("volledig" in page.dataset)) return;
  const urgencies = all("#open > [data-orde], #bundel-rijen > [data-orde]")
    .filter((one) => one.dataset.plaats !== "klaar").map((one) => String(-order(one)[0]));
  for (const chip of all("[data-tel]")) {
    const wanted = chip.dataset.tel;
    chip.textContent = urgencies.filter((one) => wanted === "alles" || one === wanted).length;
  }
}

const lastOwn = () => all("[data-mijn]").filter((one) => $("[data-toets=z]", one))
  .sort((a, b) => b.dataset.mijn - a.dataset.mijn)[0];

function listen() {
  const live = new EventSource("/gebeurtenissen");
  let down = false;
  live.addEventListener("kaart", (event) => redraw(JSON.parse(event.data).id));
  live.addEventListener("kaart", (event) => all(`[data-gevallen~="${JSON.parse(event.data).id}"]`).forEach((one) => redrawAlarm(one.dataset.alarm)));
  live.addEventListener("alarm", (event) => {
    const { id, levend } = JSON.parse(event.data);
    const count = $("#alarmen-aantal");
    if (count) {
      count.textContent = levend;
      count.hidden = !levend;
    }
    redrawAlarm(id);
  });
  live.addEventListener("antwoord", (event) => told(JSON.parse(event.data)));
  live.addEventListener("open", () => {
    if (!down) return;
    toast(toasts.dataset.terug);
    reload();   // whatever changed meanwhile is drawn anew
  });
  live.addEventListener("error", () => {
    if (!down) toast(toasts.dataset.weg, { bad: true });
    down = true;
    if (live.readyState === EventSource.CLOSED) setTimeout(reload, 5000);
  });
}

/* Not under somebody's hands: what is being typed goes first. */
function reload() {
  if (dialog.open) dialog.addEventListener("close", () => location.reload(), { once: true });
  else location.reload();
}

/* ---------- alarms ---------- */

async function redrawAlarm(id) {
  const list = $("#alarmen");
  if (!list || "een" in list.dataset && !$(`#alarm-${id}`)) return;
  const answer = await fetch(`/alarm/${id}?deel=kaart`);
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const fresh = drawn(await answer.text());
  const old = $(`#alarm-${id}`);   // only now: another redraw may have come first
  if (old && Number(old.dataset.revisie) > Number(fresh.dataset.revisie)) return;
  const home = $("loopt" in fresh.dataset ? "#alarmen-levend" : "#alarmen-voorbij");
  const held = old?.contains(document.activeElement) ? document.activeElement.value || "card" : null;
  if (old?.parentElement === home) old.replaceWith(fresh);
  else {
    old?.remove();
    home.prepend(fresh);
  }
  if (held) (all("button", fresh).find((one) => one.value === held) ?? fresh).focus();
  settleAlarms();
}

function settleAlarms() {
  const ended = $("#alarmen-voorbij").children.length;
  $("#alarmen-einde").hidden = !ended;
  $("#alarmen-einde-aantal").textContent = ended;
  const empty = $("#alarmen-leeg");
  if (empty) empty.hidden = $("#alarmen-levend").children.length > 0;
}

/* ---------- clocks ---------- */

function tick() {
  for (const clock of all("[data-rest]")) {
    clock.start ??= performance.now();
    const left = Math.max(0, clock.dataset.rest - (performance.now() - clock.start) / 1000);
    const words = $("b", clock);
    words.textContent = words.textContent.replace(/\d+:\d\d/, `${Math.floor(left / 60)}:${String(Math.floor(left % 60)).padStart(2, "0")}`);
    $("circle:last-child", clock).setAttribute("stroke-dasharray", `${Math.round((100 * left) / clock.dataset.totaal)} 100`);
  }
}

async function clocks() {
  if (document.hidden) return;
  const answer = await fetch("/klokken");
  if (!answer.ok) return;
  for (const [id, html] of Object.entries(await answer.json())) $(`#${id}:not([data-rest])`)?.replaceWith(drawn(html));
}

/* ---------- keys ---------- */

const keysOn = () => localStorage.getItem("nabij-toetsen") !== "uit";

function showKeys() {
  const knob = $("#toetsen-knop");
  document.documentElement.classList.toggle("toetsen", keysOn());
  $("#toetsen").hidden = false;
  knob.textContent = keysOn() ? knob.dataset.aan : knob.dataset.uit;
}

const currentCard = () => $("#open > [aria-current]");

function go(step) {
  const cards = all("#open > [data-plaats=open]");
  const next = cards[Math.min(cards.length - 1, Math.max(0, cards.indexOf(currentCard()) + step))];
  if (!next) return;
  all("#open > [aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const act = (key) => $(`[data-toets=${key}]:not([aria-disabled])`, key === "z" ? lastOwn() ?? document.createElement("p") : currentCard() ?? document.createElement("p"))?.click();

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = $(".more[open], .rest-knop details[open]");
    if (!menu) return;
    menu.open = false;
    return $("summary", menu).focus();
  }
  if (!dialog || dialog.open || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "/") {
    event.preventDefault();
    return $("#opdracht-link").click();
  }
  if (!page) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (["v", "l", "z"].includes(event.key)) act(event.key);
});

if (page) {
  $("#toetsen-knop").addEventListener("click", () => {
    localStorage.setItem("nabij-toetsen", keysOn() ? "uit" : "aan");
    showKeys();
  });
  showKeys();
  settle();
  setInterval(clocks, 60000);
}
if (page || $("[data-kaart], [data-levend]")) {
  listen();
  setInterval(tick, 500);
}
