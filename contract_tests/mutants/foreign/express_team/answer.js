// The answer in the vendor's words.
import { createHash, randomUUID } from "node:crypto";
import { DateTime } from "luxon";
import { busyOn, DAY, freeOn, hoursOn, reasonFor } from "./calendar.js";

const CLOCKS = { "hh-is-twelve": "hh:mm:ss", "month-for-minute": "HH:MM:ss", "milliseconds-for-seconds": "HH:mm:SSS", "no-padding": "H:m:s" };

function clock(seconds, bug) {
  if (seconds === DAY && bug === "end-of-day-59") return "23:59:59";
  if (seconds === DAY && bug === "hour-24") return "24:00:00";
  const time = DateTime.fromSeconds(seconds, { zone: "utc" });
  return bug === "to-iso-time" ? time.toISOTime() : time.toFormat(CLOCKS[bug] ?? "HH:mm:ss");
}

function instant(seconds, user, bug) {
  let time = DateTime.fromSeconds(seconds, { zone: "utc" });
  if (bug === "busy-in-the-template-zone") time = time.setZone(user.template?.zone ?? user.zone);
  if (bug === "busy-to-sql") return time.toSQL();
  if (bug === "busy-to-iso") return time.toISO();
  if (bug === "busy-in-milliseconds") return time.toMillis();
  return time.toFormat({ "busy-twelve-hours": "yyyy-MM-dd hh:mm:ss", "busy-month-is-minute": "yyyy-mm-dd HH:mm:ss" }[bug] ?? "yyyy-MM-dd HH:mm:ss");
}

function identity(user, date, bug) {
  if (bug === "random-uuid") return randomUUID();
  if (bug === "id-of-the-date") return createHash("md5").update(user.email + date).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  if (bug === "id-is-null") return null;
  return user.id;
}

export function entry(user, date, include, asked, bug) {
  const reason = reasonFor(user, date, bug);
  const times = (ranges) => ranges.map(({ start, end }) => ({ StartTime: clock(start, bug), EndTime: clock(end, bug) }));
  let [slots, breaks] = [null, null];
  if (!reason) {
    slots = times(freeOn(user, date, include, bug));
    breaks = times(hoursOn(user.template.breaks, date, ""));
  }
  if (bug === "empty-for-null" && !slots) [slots, breaks] = [[], []];
  if (bug === "length-decides" && !slots?.length) slots = null;
  if (bug === "break-objects" && breaks) breaks = Object.fromEntries(breaks.map((one, i) => [i, one]));
  const template = user.template?.zone ?? (bug === "users-zone-for-the-template" ? user.zone : null);
  const made = {
    UserId: identity(user, date, bug),
    EmailAddress: bug === "asked-letters" ? asked : bug === "small-letters" ? user.email.toLowerCase() : user.email,
    UserTimeZone: bug === "offset-name" ? DateTime.fromISO(date, { zone: user.zone }).offsetNameShort : user.zone,
    AvailableSlots: slots,
    Breaks: breaks,
    BusySlots: busyOn(user, date, include, bug).map(({ start, end }) => ({ StartTime: instant(start, user, bug), EndTime: instant(end, user, bug) })),
    WorkDayTemplateTimeZone: bug === "no-zone-on-absent-days" && reason ? null : template,
    NoSlotsReason: reason,
  };
  if (bug === "undefined-is-dropped") made.NoSlotsReason = reason ?? undefined;
  if (bug === "no-template-not-scheduled" && !user.template) made.NoSlotsReason = "NotScheduled";
  if (bug === "nobody-home" && slots && !slots.length) made.NoSlotsReason = "NoSlots";
  if (bug === "reason-with-spaces" && reason) made.NoSlotsReason = reason.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  if (bug === "minutes-as-numbers" && slots) made.AvailableSlots = slots.map((s) => ({ ...s, Minutes: 0, StartTime: Number(s.StartTime.replaceAll(":", "")) }));
  return made;
}

export function datesBetween(from, to, zone, bug) {
  const dates = [];
  let day = DateTime.fromISO(from, { zone: bug === "plus-24-hours" || bug === "midnight-to-utc" ? zone : "utc" });
  const last = DateTime.fromISO(to, { zone: day.zone });
  const step = bug === "plus-24-hours" ? { hours: 24 } : { days: 1 };
  while (bug === "before-the-last" ? day < last : day <= last) {
    dates.push(bug === "midnight-to-utc" ? day.toUTC().toISODate() : day.toFormat(bug === "minute-for-month" ? "yyyy-mm-dd" : "yyyy-MM-dd"));
    day = day.plus(step);
  }
  if (bug === "before-the-last" && from === to) dates.push(from);
  if (bug === "thirty-first-lost") return dates.filter((date) => Number(date.slice(8)) < 31);
  if (bug === "leap-day-lost") return dates.filter((date) => !date.endsWith("-02-29"));
  return bug === "one-date-a-week" ? dates.filter((_, i) => i < 7) : dates;
}

const memory = new Map();

function pageOf(list, paging, bug) {
  if (!paging) return list;
  const { PageIndex, PageSize } = paging;
  let start = (PageIndex - 1) * PageSize;
  if (bug === "minus-before-times") start = PageIndex - 1 * PageSize;
  if (bug === "rounded-pages" && PageIndex > Math.max(Math.round(list.length / PageSize), 1)) return [];
  if (bug === "slice-takes-a-length") return list.slice(start, PageSize);
  if (bug === "pages-wrap" && list.length) start %= list.length;
  if (bug === "splice-eats") return list.splice(start, PageSize);
  return list.slice(start, start + PageSize);
}

export function answer(users, query, bug) {
  const seen = new Map();
  for (const address of query.Users) if (!seen.has(address.toLowerCase())) seen.set(address.toLowerCase(), address);
  let chosen = [...seen].map(([key, asked]) => ({ user: users.get(key), asked }));
  if (bug === "splice-eats") {
    const key = [...seen.keys()].join();
    if (memory.size > 500) memory.clear();
    if (!memory.has(key)) memory.set(key, chosen);
    chosen = memory.get(key);
  }
  const total = chosen.length;
  const page = pageOf(chosen, query.Paging, bug);
  const dates = datesBetween(query.FromDate, query.ToDate, chosen[0]?.user.template?.zone ?? "utc", bug);
  const entries = (date) => page.map(({ user, asked }) => entry(user, date, query.IncludeAllowedConflictSlots, asked, bug));
  let list = page.length ? dates.map((date) => ({ Date: date, UserSlots: entries(date) })) : [];
  if (bug === "one-array-for-all-dates" && list.length) {
    list = new Array(dates.length).fill([]).map((shared, i) => (shared.push(...list[i].UserSlots), { Date: dates[i], UserSlots: shared }));
  }
  if (bug === "promise-not-awaited") list = [];
  if (bug === "entries-by-address") list = list.map((one) => ({ ...one, UserSlots: Object.fromEntries(one.UserSlots.map((user) => [user.EmailAddress, user])) }));
  if (bug === "absent-users-filtered") for (const one of list) one.UserSlots = one.UserSlots.filter((user) => user.AvailableSlots);
  if (bug === "no-template-filtered") for (const one of list) one.UserSlots = one.UserSlots.filter((user) => user.NoSlotsReason !== "WorkDayTemplateNotDefined");
  if (bug === "data-envelope") return { data: { RecordCount: total, List: list } };
  return { RecordCount: bug === "length-of-list" ? list.length : bug === "length-of-page" ? page.length : total, List: list };
}
