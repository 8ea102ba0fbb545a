// What each generated client is asked, and what it has to give. The types here are written by hand, so that the compiler
// compares them with the generated ones: nulls and reasons are part of them.
import assert from "node:assert/strict";

export interface Question {
  FromDate: string;
  ToDate: string;
  Users: string[];
  IncludeAllowedConflictSlots?: boolean | null;
  Paging?: { PageIndex?: number | null; PageSize?: number | null } | null;
}
export interface Slot {
  StartTime: string;
  EndTime: string;
}
export interface User {
  EmailAddress: string;
  AvailableSlots: Slot[] | null;
  Breaks: Slot[] | null;
  BusySlots: Slot[];
  WorkDayTemplateTimeZone: string | null;
  NoSlotsReason: "Holiday" | "Leave" | "NotScheduled" | "WorkDayTemplateNotDefined" | null;
}
export interface Answer {
  RecordCount: number;
  List?: { Date: string; UserSlots: User[] }[] | null;
}
export interface Refusal {
  Status: "Error";
  ExceptionType: string;
  ExceptionMessage: string;
}
export type Outcome = { status: number; answer?: Answer | undefined; refusal?: Refusal | undefined };

export const root = process.env["LSQ_BASE_URL"] ?? "http://127.0.0.1:8255";
export const keys = (secret: string) => ({
  "x-LSQ-AccessKey": process.env["LSQ_ACCESS_KEY"] ?? "AccessKey",
  "x-LSQ-SecretKey": secret,
});

/** Asks through a generated client: 200 with nulls and reasons, 400, 401 and 429. The account allows three calls in five seconds. */
export async function expected(ask: (question: Question, secret: string) => Promise<Outcome>): Promise<void> {
  const secret = process.env["LSQ_SECRET_KEY"] ?? "SecretKey";
  const day = { FromDate: "2026-03-02", ToDate: "2026-03-02" };

  const whole = await ask(
    { ...day, Users: ["free@example.com", "holiday@example.com", "no-template@example.com"], Paging: null },
    secret,
  );
  assert.equal(whole.status, 200);
  const users = whole.answer?.List?.[0]?.UserSlots ?? [];
  assert.deepEqual(
    users.map((user) => [user.NoSlotsReason, user.AvailableSlots === null, user.WorkDayTemplateTimeZone === null]),
    [[null, false, false], ["Holiday", true, false], ["WorkDayTemplateNotDefined", true, true]],
  );
  assert.ok(users[0]?.AvailableSlots?.[0]?.StartTime);

  const refused = await ask({ ...day, ToDate: "2026-03-01", Users: ["free@example.com"] }, secret);
  assert.equal(refused.status, 400);
  assert.equal(refused.refusal?.ExceptionType, "MXInvalidInputException");

  const stranger = await ask({ ...day, Users: ["free@example.com"] }, "wrong");
  assert.equal(stranger.status, 401);
  assert.equal(stranger.refusal?.Status, "Error");

  let last = whole;
  for (let call = 0; call < 4 && last.status === 200; call++) last = await ask({ ...day, Users: ["free@example.com"] }, secret);
  assert.equal(last.status, 429);
  assert.match(last.refusal?.ExceptionMessage ?? "", /exceeded the limit of 3 in 5 second/);
  console.log("200, 400, 401, 429: as expected");
}
