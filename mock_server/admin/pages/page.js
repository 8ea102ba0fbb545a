// Without this script the page shows everything as it was when it was loaded. With it, links and forms swap the content in place,
// switches call the admin interface, the journal is live, and the admin token is sent where one is asked for.
"use strict";

const TOKEN = "lsq-admin-token";
const EVERY = 2000;
let saying = 0;

function request(url, options = {}) {
  const headers = { ...options.headers };
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers.Authorization = "Bearer " + String.fromCharCode(...new TextEncoder().encode(token));
  return fetch(url, { ...options, headers, cache: "no-store" });
}

function say(text) {
  document.getElementById("status").textContent = text;
  clearTimeout(saying);
  saying = setTimeout(() => { document.getElementById("status").textContent = ""; }, 4000);
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

// Shows what is at an address of the page; the focus stays on the element of the same id, or goes to the content.
async function show(url, push) {
  let page;
  try {
    const response = await request(url);
    page = parse(await response.text());
    if (response.status === 401) sessionStorage.removeItem(TOKEN);
    if (push) history.pushState(null, "", url);
  } catch {
    say("The server cannot be reached.");
    return false;
  }
  const focused = document.activeElement && document.activeElement.id;
  const open = [...document.querySelectorAll("details[open][id]")].map((details) => details.id);
  const main = document.getElementById("main");
  main.replaceChildren(...page.getElementById("main").childNodes);
  document.title = page.title;
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  enhance();
  ((focused && document.getElementById(focused)) || main).focus({ preventScroll: true });
  return true;
}

function enhance() {
  document.documentElement.classList.add("enhanced");
  document.querySelectorAll("fieldset.switches").forEach((switches) => { switches.disabled = false; });
  document.querySelectorAll("[data-now]").forEach((time) => { time.dataset.since = String(performance.now()); });
}

function adminUrl(path, query = {}) {
  const account = new URLSearchParams(location.search).get("account");
  const all = new URLSearchParams(account === null ? query : { ...query, account });
  return `/__admin${path}${all.size ? `?${all}` : ""}`;
}

async function call(method, path, body) {
  const response = await request(adminUrl(path), {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.hint ? `${answer.error}; ${answer.hint}` : answer.error);
}

async function change(method, path, body, done, reload) {
  try {
    await call(method, path, body);
    if (reload) await show(location.href, false);
    else await refresh();
    say(done);
  } catch (error) {
    say(error.message);
  }
}

// Brings clock, faults and journal up to date; whatever is open or focused in them stays so.
async function refresh() {
  const journal = document.getElementById("journal-list");
  if (!journal) return;
  const response = await request(adminUrl("/live", { have: journal.dataset.version }));
  if (response.status !== 200) return;
  const page = parse(await response.text());
  const open = [...document.querySelectorAll("#journal-list details[open]")].map((details) => details.id);
  const focused = document.activeElement?.closest("#journal-list details")?.id;
  for (const id of ["clock-state", "fault-list", "journal-list"]) document.getElementById(id)?.replaceWith(page.getElementById(id));
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (focused) document.getElementById(focused)?.querySelector("summary").focus({ preventScroll: true });
  enhance();
}

function tick() {
  document.querySelectorAll('[data-now][data-frozen="false"]').forEach((time) => {
    const now = Date.parse(time.dataset.now) + performance.now() - Number(time.dataset.since);
    time.textContent = `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  const button = event.target.closest("button[data-call]");
  const copy = event.target.closest("button[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.nextElementSibling.textContent).then(() => say("Copied."), () => say("Select it, and copy by hand."));
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(link.href, true);
  } else if (button) {
    const [method, path] = button.dataset.call.split(" ");
    const body = button.dataset.body === undefined ? undefined : JSON.parse(button.dataset.body);
    change(method, path, body, button.dataset.done, "reload" in button.dataset);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const fields = new FormData(form);
  if (form.id === "login") {
    event.preventDefault();
    sessionStorage.setItem(TOKEN, fields.get("token"));
    await show(location.href, false);
    if (!sessionStorage.getItem(TOKEN)) document.getElementById("login-error").textContent = "This is not the token.";
  } else if ("scenario" in form.dataset) {
    event.preventDefault();
    await change("PUT", "/scenario", { name: fields.get("name") }, "The scenario has begun.", true);
  } else if ("swap" in form.dataset) {
    event.preventDefault();
    await show(`${form.getAttribute("action")}?${new URLSearchParams(fields)}`, true);
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && form.reportValidity()) form.requestSubmit();
});

window.addEventListener("popstate", () => show(location.href, false));
setInterval(() => { if (document.visibilityState === "visible") refresh().catch(() => say("The server cannot be reached.")); }, EVERY);
setInterval(tick, 500);
enhance();
if (document.getElementById("login") && sessionStorage.getItem(TOKEN)) show(location.href, false);
