// From a clone to a passing test of a 429, in JavaScript with nothing but Node 20 or later.
//
//   git clone REPOSITORY slots && make -C slots serve        # in another terminal: http://127.0.0.1:8255
//   node --test slots/docker/recipes/node/limit.test.mjs
import assert from "node:assert/strict";
import test from "node:test";

const root = process.env.LSQ_BASE_URL ?? "http://127.0.0.1:8255";

async function admin(method, path, body) {
  const reply = await fetch(`${root}/__admin${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(reply.ok, await reply.clone().text());
  return reply.json();
}

// The application under test: its client knows nothing of an emulator.
async function slots(account) {
  const reply = await fetch(`${root}/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-LSQ-AccessKey": account.accessKey, "x-LSQ-SecretKey": account.secretKey },
    body: JSON.stringify({ FromDate: "2026-03-02", ToDate: "2026-03-02", Users: ["zoo@lsqdev.in"], IncludeAllowedConflictSlots: false }),
  });
  return { status: reply.status, body: await reply.json() };
}

test("the fourth call is refused until the window has passed", async () => {
  const account = await admin("POST", "/accounts", { rateLimit: "3/5s", now: "2026-03-02T03:30:00Z" });
  for (let call = 0; call < 3; call++) assert.equal((await slots(account)).status, 200);
  const refused = await slots(account);
  assert.equal(refused.status, 429);
  assert.equal(refused.body.ExceptionType, "MXAPIRateLimitExceededException");
  await admin("POST", `/clock/advance?account=${account.accessKey}`, { seconds: 5 });
  assert.equal((await slots(account)).status, 200);
});
