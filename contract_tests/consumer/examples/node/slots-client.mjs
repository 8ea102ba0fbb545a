// A small and careful client of LeadSquared's RetrieveAvailableSlots: Node 18 or later, no package, to be copied.
// Throws SlotsUnknown where it does not know: never wrong times, and never an empty list in place of an error.

const PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress";
const LIMIT = /exceeded the limit of (\d+) in (\d+) second/;
const DAY = 86_400_000;
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class SlotsUnknown extends Error {}

export class SlotsClient {
  constructor(baseUrl, accessKey, secretKey, { pageSize = 100, timeout = 10_000, tries = 4, sleep = wait } = {}) {
    // Keys in headers: a URL is written into logs.
    const headers = { "x-LSQ-AccessKey": accessKey, "x-LSQ-SecretKey": secretKey, "Content-Type": "application/json" };
    Object.assign(this, { url: baseUrl + PATH, headers, pageSize, timeout, tries, sleep, calls: [] });
  }

  // What can be booked from `first` to `last` (yyyy-MM-dd, both included): {user, start, end}, breaks taken out.
  async bookable(users, first, last, includeAllowedConflicts = false) {
    const found = [];
    for (let from = Date.parse(first); from <= Date.parse(last); from += 101 * DAY) {
      const to = Math.min(Date.parse(last), from + 100 * DAY);
      const body = { FromDate: isoDate(from), ToDate: isoDate(to), Users: users, IncludeAllowedConflictSlots: includeAllowedConflicts };
      for (let page = 1, pages = 1; page <= pages; page++) {
        const answer = await this.ask({ ...body, Paging: { PageIndex: page, PageSize: this.pageSize } });
        pages = Math.ceil(answer.RecordCount / this.pageSize);
        for (const { Date: day, UserSlots } of answer.List ?? [])
          for (const entry of UserSlots) found.push(...freeTimes(day, entry));
      }
    }
    return found;
  }

  // One answer, however many calls it takes.
  async ask(body) {
    let problem = "";
    for (let attempt = 1; attempt <= this.tries; attempt++) {
      let pause = 200 * 2 ** attempt;
      let text = null;
      try {
        text = await this.call(body);
      } catch (error) {
        problem = `${error.cause?.code ?? error.name}: ${error.message}`; // reset, closed, cut off, or too slow: worth another try
      }
      if (text?.trimStart().startsWith("<")) throw new SlotsUnknown("an HTML page in place of an answer");
      const document = parsed(text);
      if (text !== null && document === null) problem = "the body is no JSON object";
      if (document && "RecordCount" in document) return document;
      if (document) {
        // The status does not tell an error from an answer: the vendor sends errors inside 200, too.
        problem = `${document.ExceptionType}: ${document.ExceptionMessage}`;
        const limit = LIMIT.exec(document.ExceptionMessage ?? "");
        if (!limit) throw new SlotsUnknown(problem);
        pause = Number(limit[2]) * 1000 + 100;
      }
      if (attempt < this.tries) await this.sleep(pause);
    }
    throw new SlotsUnknown(problem);
  }

  async call(body) {
    // 25 calls in 5 s, and no more.
    if (this.calls.length >= 25) await this.sleep(Math.max(0, this.calls.shift() + 5500 - Date.now()));
    this.calls.push(Date.now());
    const signal = AbortSignal.timeout(this.timeout);
    const reply = await fetch(this.url, { method: "POST", headers: this.headers, body: JSON.stringify(body), signal });
    return reply.text();
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

// Slots and breaks are wall-clock times of the template's zone; breaks lie inside slots.
function freeTimes(day, { EmailAddress: user, AvailableSlots, Breaks, WorkDayTemplateTimeZone: zone }) {
  let free = (AvailableSlots ?? []).map(span);
  for (const [begin, finish] of (Breaks ?? []).map(span))
    free = free.flatMap(([s, e]) => [[s, Math.min(e, begin)], [Math.max(s, finish), e]]).filter(([s, e]) => s < e);
  const at = (second) => new Date(instant(Date.parse(day) + second * 1000, zone)).toISOString();
  return free.map(([start, end]) => ({ user, start: at(start), end: at(end) }));
}

// Seconds of the day; an end at 00:00:00 is the end of the day.
const span = ({ StartTime, EndTime }) => [seconds(StartTime), seconds(EndTime) || 86_400];
const seconds = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const isoDate = (time) => new Date(time).toISOString().slice(0, 10);

const formats = new Map();

// Milliseconds that a zone is ahead of UTC at an instant.
function offset(time, timeZone) {
  if (!formats.has(timeZone)) formats.set(timeZone, new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }));
  const name = formats.get(timeZone).formatToParts(time).find(({ type }) => type === "timeZoneName").value;
  const [, sign, hours, minutes, rest] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [null, "+", 0, 0, 0];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest ?? 0)) * 1000;
}

// The instant at which a clock in the zone shows a wall-clock time (given as if it were UTC).
function instant(wall, zone) {
  const guess = wall - offset(wall, zone);
  return wall - offset(guess, zone);
}
