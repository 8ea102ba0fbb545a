// A test suite of an application in JavaScript: an account of its own for every test, a fault, the clock, a booking.
//
//   node --test docker/recipes/node/slots.test.mjs        # against http://127.0.0.1:8255, or LSQ_BASE_URL
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

const root = process.env.LSQ_BASE_URL ?? "http://127.0.0.1:8255";
let account;

async function admin(method, path, body) {
  const url = new URL(`${root}/__admin${path}`);
  if (account) url.searchParams.set("account", account.accessKey);
  const reply = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const told = await reply.json();
  assert.ok(reply.ok, JSON.stringify(told));
  return told;
}

// The application under test.
async function freeSlots(user, date, { tries = 3 } = {}) {
  for (let attempt = 1; ; attempt++) {
    const reply = await fetch(`${root}/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "x-LSQ-AccessKey": account.accessKey, "x-LSQ-SecretKey": account.secretKey },
      body: JSON.stringify({ FromDate: date, ToDate: date, Users: [user], IncludeAllowedConflictSlots: false }),
    });
    const body = await reply.json();
    if (reply.ok) return body.List[0].UserSlots[0].AvailableSlots;
    if (reply.status < 500 || attempt === tries) throw new Error(`${reply.status} ${body.ExceptionMessage}`);
  }
}

beforeEach(async () => {
  account = undefined;
  account = await admin("POST", "/accounts", { now: "2026-03-02T03:00:00Z", rateLimit: "10/5s" });
});
afterEach(() => admin("DELETE", `/accounts/${encodeURIComponent(account.accessKey)}`));

test("a free day is one slot", async () => {
  assert.equal((await freeSlots("free@example.com", "2026-03-02")).length, 1);
});

test("a booking takes its time out, for this account alone", async () => {
  const [{ StartTime, EndTime }] = await freeSlots("free@example.com", "2026-03-02");
  await admin("POST", "/tasks", { user: "free@example.com", start: "2026-03-02T06:00:00Z", end: "2026-03-02T06:30:00Z", type: "Meeting" });
  const after = await freeSlots("free@example.com", "2026-03-02");
  assert.equal(after.length, 2);
  assert.deepEqual([after[0].StartTime, after[1].EndTime], [StartTime, EndTime]);
});

test("a failure of the server is tried again, and the journal shows it", async () => {
  await admin("POST", "/faults", { kind: "status", status: 500, times: 2 });
  assert.equal((await freeSlots("free@example.com", "2026-03-02")).length, 1);
  assert.deepEqual((await admin("GET", "/requests")).requests.map(({ status }) => status), [500, 500, 200]);
});

test("the limit opens again when the account's clock says so", async () => {
  for (let call = 0; call < 10; call++) await freeSlots("free@example.com", "2026-03-02");
  await assert.rejects(freeSlots("free@example.com", "2026-03-02"), /429 .*limit of 10 in 5 second/);
  await admin("POST", "/clock/advance", { seconds: 5 });
  await freeSlots("free@example.com", "2026-03-02");
});
