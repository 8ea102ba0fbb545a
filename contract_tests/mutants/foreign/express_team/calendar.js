// Who works when: the scenario file in, free ranges and busy times out. Times of a day are seconds since midnight on the wall.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { DateTime } from "luxon";
import { parse } from "smol-toml";

export const DAY = 86400;
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const toSeconds = (text) => text.split(":").reduce((sum, part, i) => sum + Number(part) * [3600, 60][i], 0);

function toRange(text) {
  const [start, end] = text.split("-").map(toSeconds);
  return { start, end: end > start ? end : end + DAY };
}

function toWeek(hours = {}) {
  const of = (i) => [...(hours[DAYS[i]] ?? []), ...(hours["every-day"] ?? []), ...(hours[i < 5 ? "weekdays" : "weekend"] ?? [])];
  return DAYS.map((_, i) => of(i).map(toRange));
}

const toId = (text) => createHash("sha1").update(text).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
const isoDate = (date) => date.toISOString().slice(0, 10);

export function loadUsers(file) {
  const data = parse(readFileSync(file, "utf8"));
  const templates = new Map((data.template ?? []).map((t) => [t.name, { zone: t.zone, shifts: toWeek(t.shifts), breaks: toWeek(t.breaks) }]));
  const lenient = new Map((data["task-type"] ?? []).map((t) => [t.name, t["allow-conflicts"] ?? false]));
  const users = new Map();
  for (const user of data.user ?? []) {
    const template = templates.get(user.template) ?? null;
    users.set(user.email.toLowerCase(), {
      id: user.id ?? toId(user.email),
      email: user.email,
      zone: user.zone ?? template?.zone ?? "UTC",
      template: template && structuredClone(template),
      holidays: (user.holidays ?? []).map(isoDate),
      leaves: (user.leaves ?? []).map((leave) => ({
        from: isoDate(leave.from ?? leave.date),
        to: isoDate(leave.to ?? leave.from ?? leave.date),
        time: leave.time && toRange(leave.time),
      })),
      tasks: (user.tasks ?? []).map((task) => ({
        start: task.start.getTime() / 1000,
        end: task.end.getTime() / 1000,
        conflicts: task["allow-conflicts"] ?? lenient.get(task.type) ?? false,
      })),
    });
  }
  return users;
}

const known = new Map();
const offsetAt = (seconds, zone) => DateTime.fromSeconds(seconds, { zone }).offset * 60;

// The runs of instants that make up the date in the zone: [{ from, to, offset }]. One on most dates, two when the clocks change.
export function runsOf(date, zone) {
  const key = `${zone} ${date}`;
  if (known.has(key)) return known.get(key);
  const midnight = Date.parse(`${date}T00:00:00Z`) / 1000;
  let [at, end] = [midnight - 15 * 3600, midnight + 39 * 3600];
  const runs = [];
  while (at < end) {
    const offset = offsetAt(at, zone);
    let next = end;
    if (offsetAt(end, zone) !== offset) {
      let low = at;
      while (next - low > 1) {
        const middle = Math.floor((low + next) / 2);
        if (offsetAt(middle, zone) === offset) low = middle;
        else next = middle;
      }
    }
    const [from, to] = [Math.max(at, midnight - offset), Math.min(next, midnight + DAY - offset)];
    if (from < to) runs.push({ from, to, offset });
    at = next;
  }
  if (known.size > 20000) known.clear();
  known.set(key, runs);
  return runs;
}

export function join(ranges) {
  const joined = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else if (start < end) joined.push({ start, end });
  }
  return joined;
}

export function subtract(ranges, taken) {
  return taken.reduce(
    (left, hole) =>
      left.flatMap(({ start, end }) =>
        hole.end <= start || hole.start >= end
          ? [{ start, end }]
          : [{ start, end: hole.start }, { start: hole.end, end }].filter((piece) => piece.start < piece.end),
      ),
    ranges,
  );
}

// What the weekly hours put on a date: today's up to midnight, and what is left of yesterday's.
export function hoursOn(week, date, bug) {
  const day = DateTime.fromISO(date, { zone: "utc" });
  let today = day.weekday - 1;
  if (bug === "sunday-is-seven") today = day.weekday === 7 ? -1 : today;
  const hours = week[today] ?? [];
  if (bug === "pushed-into-the-template") {
    hours.push(...week[(today + 6) % 7].filter((r) => r.end > DAY).map((r) => ({ start: 0, end: r.end - DAY })));
    if (hours.length > 60) hours.length = 60;
    return hours.map((r) => ({ start: r.start, end: Math.min(r.end, DAY) }));
  }
  if (bug === "end-before-start-dropped") return hours.filter((r) => r.end <= DAY);
  const rest = today < 0 ? [] : week[(today + 6) % 7].filter((r) => r.end > DAY).map((r) => ({ start: 0, end: r.end - DAY }));
  return [...rest, ...hours.map((r) => ({ start: r.start, end: Math.min(r.end, DAY) }))].sort((a, b) => a.start - b.start);
}

function taskOnWall(task, runs, midnight) {
  return runs
    .map(({ from, to, offset }) => ({ start: Math.max(task.start, from) + offset - midnight, end: Math.min(task.end, to) + offset - midnight }))
    .filter((range) => range.start < range.end);
}

function blockingTasks(user, include, hours, runs, midnight, bug) {
  if (bug === "flag-inverted") include = !include;
  let tasks = user.tasks.filter((task) => !include || !task.conflicts);
  if (bug === "everything-with-the-flag" && include) tasks = [];
  const onWall = (task) => taskOnWall(task, runs, midnight);
  if (bug === "started-before-the-shift") {
    tasks = tasks.filter((task) => onWall(task).some((r) => hours.some((shift) => r.start >= shift.start && r.start < shift.end)));
  }
  if (bug === "longer-than-the-shift") {
    tasks = tasks.filter((task) => onWall(task).every((r) => hours.some((shift) => r.start >= shift.start && r.end <= shift.end)));
  }
  if (bug === "first-task-only") tasks = tasks.filter((task) => onWall(task).length).slice(0, 1);
  return tasks;
}

export function freeOn(user, date, include, bug) {
  const zone = bug === "slots-in-the-users-zone" ? user.zone : user.template.zone;
  let runs = runsOf(date, zone);
  const midnight = Date.parse(`${date}T00:00:00Z`) / 1000;
  const hours = bug === "pushed-into-the-template" ? hoursOn(user.template.shifts, date, bug) : join(hoursOn(user.template.shifts, date, bug));
  const shown = join(runs.map(({ from, to, offset }) => ({ start: from + offset - midnight, end: to + offset - midnight })));
  let free = bug === "gap-offered" ? hours : subtract(hours, subtract([{ start: 0, end: DAY }], shown));
  if (bug === "elapsed-minutes" && runs.length > 1) {
    const change = runs[1].offset - runs[0].offset;
    free = hours.map((r) => (r.start + midnight - runs[0].offset >= runs[0].to ? { start: r.start + change, end: Math.min(r.end + change, DAY) } : r));
  }
  if (bug === "offset-at-noon") {
    const offset = offsetAt(midnight + DAY / 2 - runs.at(-1).offset, zone);
    runs = [{ from: midnight - offset, to: midnight + DAY - offset, offset }];
  }
  if (bug === "keep-local-time") runs = [{ from: midnight, to: midnight + DAY, offset: 0 }];
  for (const leave of user.leaves) if (leave.time && leave.from === date && bug !== "leave-times-unread") free = subtract(free, [leave.time]);
  if (bug === "breaks-are-subtracted") free = subtract(free, hoursOn(user.template.breaks, date, ""));
  const tasks = blockingTasks(user, include, hours, runs, midnight, bug);
  free = subtract(free, tasks.flatMap((task) => taskOnWall(task, runs, midnight)));
  if (bug === "small-gaps-bridged") {
    free = free.reduce((all, r) => (all.length && r.start - all.at(-1).end <= 900 ? [...all.slice(0, -1), { start: all.at(-1).start, end: r.end }] : [...all, r]), []);
  }
  if (bug === "quarter-hours-only") free = free.map((r) => ({ start: Math.floor(r.start / 900) * 900, end: Math.ceil(r.end / 900) * 900 }));
  if (bug === "sorted-as-text") free.sort((a, b) => (String([a.start, a.end]) < String([b.start, b.end]) ? -1 : 1));
  return free;
}

export function busyOn(user, date, include, bug) {
  const zone = user.template && bug !== "date-in-the-users-zone" ? user.template.zone : user.zone;
  const runs = runsOf(date, zone);
  if (!runs.length) return [];
  const from = runs[0].from;
  const to = bug === "day-of-24-hours" ? from + DAY : runs.at(-1).to;
  let tasks = user.tasks.filter((task) => !task.conflicts && task.start < to && task.end > from);
  if (bug === "busy-follows-the-flag" && !include) tasks = user.tasks.filter((task) => task.start < to && task.end > from);
  if (bug === "never-busy-with-the-flag" && include) tasks = [];
  if (bug === "reversed-in-place") tasks = user.tasks.reverse().filter((task) => tasks.includes(task));
  else tasks = [...tasks].sort((a, b) => a.start - b.start || a.end - b.end);
  if (bug === "busy-clamped") tasks = tasks.map((task) => ({ start: Math.max(task.start, from), end: Math.min(task.end, to) }));
  if (bug === "breaks-are-busy" && user.template) {
    const breaks = hoursOn(user.template.breaks, date, "").map((r) => ({ start: from + r.start, end: from + r.end }));
    tasks = [...tasks, ...breaks].sort((a, b) => a.start - b.start || a.end - b.end);
  }
  if (bug === "map-by-start") tasks = [...new Map(tasks.map((task) => [task.start, task])).values()];
  return tasks;
}

export function reasonFor(user, date, bug) {
  if (!user.template) return "WorkDayTemplateNotDefined";
  if (user.holidays.includes(bug === "holiday-a-day-late" ? isoDate(new Date(Date.parse(date) - DAY * 1000)) : date)) return "Holiday";
  const covers = (leave) => (bug === "leave-starts-late" && leave.from < leave.to ? leave.from < date : leave.from <= date) && date <= leave.to;
  if (user.leaves.some((leave) => !leave.time && covers(leave))) return bug === "leave-is-a-holiday" ? "Holiday" : "Leave";
  return hoursOn(user.template.shifts, date, bug).length ? null : "NotScheduled";
}
