// node server.js SCENARIO.toml [--port N] [--bug NAME]... [--account ACCESS:SECRET]... [--no-rate-limit] [--list-bugs]
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { DateTime } from "luxon";
import { answer } from "./answer.js";
import { BUGS } from "./bugs.js";
import { loadUsers } from "./calendar.js";
import { findAccount } from "./keys.js";
import { limiter } from "./limiter.js";

const PATH = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress";

class ApiError extends Error {
  constructor(status, type, message) {
    super(message);
    Object.assign(this, { status, type });
  }
}

const invalid = (name) => new ApiError(400, "MXInvalidInputException", `Invalid Input! Parameter Name: ${name} value is not correct.`);

function readDate(body, name, bug) {
  let text = body[name];
  if (bug === "to-defaults-to-from" && name === "ToDate") text ??= body.FromDate;
  if (typeof text !== "string") throw invalid(name);
  if (bug === "pattern-without-ends") text = text.match(/\d{4}-\d{2}-\d{2}/)?.[0] ?? text;
  if (bug === "date-rolls-over" && /^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const [year, month, day] = text.split("-").map(Number);
    text = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
  }
  if (bug === "any-iso-date" && DateTime.fromISO(text).isValid) return DateTime.fromISO(text, { zone: "utc" }).toISODate();
  if (bug === "date-constructor" && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !DateTime.fromISO(text, { zone: "utc" }).isValid || text < "0001") throw invalid(name);
  if (bug === "dates-from-2020" && text < "2020") throw invalid(name);
  return text;
}

function checkRange(from, to, bug) {
  const [first, last] = [from, to].map((text) => DateTime.fromISO(text, { zone: "utc" }));
  if (bug === "math-abs") {
    if (Math.abs(last.diff(first, "days").days) > 100) throw invalid("ToDate");
    return;
  }
  if (first > last) throw new ApiError(400, "MXInvalidInputException", "Invalid Input! Parameter Name: FromDate can't be greater than ToDate.");
  let tooLong = last.diff(first, "days").days > 100;
  if (bug === "up-to-end-of-day") tooLong = last.endOf("day").diff(first, "days").days > 100;
  if (bug === "diff-in-months") tooLong = last.diff(first, "months").months > 3;
  if (bug === "hundred-days-from-now") tooLong ||= last.diffNow("days").days > 100;
  if (bug === "days-of-a-rest") tooLong = last.diff(first, ["months", "days"]).days > 100;
  if (tooLong) throw new ApiError(400, "MXInvalidInputException", "The difference between FromDate and ToDate cannot be more than 100 days.");
}

function readUsers(body, users, bug) {
  let asked = body.Users;
  if (bug === "concat-takes-text") asked = [].concat(asked ?? null);
  if (bug === "comma-list" && typeof asked === "string") asked = asked.split(",");
  if (!Array.isArray(asked) || !asked.length) throw invalid("Users");
  if (bug === "falsy-skipped") asked = asked.filter(Boolean);
  if (bug === "first-user-only") asked = asked.slice(0, 1);
  for (const address of asked) {
    if (bug === "users-by-in") {
      if (!(String(address).toLowerCase() in Object.fromEntries(users))) throw invalid("Users");
    } else if (bug === "null-has-no-method") {
      if (!users.has(address.toLowerCase())) throw invalid("Users");
    } else if (bug === "numbers-become-text" ? !users.has(String(address).toLowerCase()) && typeof address === "string" : typeof address !== "string" || !users.has(address.toLowerCase())) {
      throw invalid("Users");
    }
  }
  if (bug === "numbers-become-text") asked = asked.filter((address) => typeof address === "string");
  return asked;
}

function readPaging(paging, bug) {
  if (paging === undefined || paging === null || (bug === "paging-unchecked" && typeof paging !== "object")) return null;
  if (typeof paging !== "object" || Array.isArray(paging)) throw invalid("Paging");
  const read = (name) => {
    let number = paging[name];
    if (bug === "parse-int") number = Number.parseInt(number, 10);
    if (bug === "number-function") number = Number(number);
    if (bug === "page-or-default") number ||= name === "PageIndex" ? 1 : 100;
    if (bug === "fractions-welcome" && typeof number === "number" && number > 0) return Math.ceil(number);
    if (!Number.isInteger(number) || number < 1) throw invalid(name);
    return number;
  };
  return { PageIndex: read("PageIndex"), PageSize: read("PageSize") };
}

function readFlag(flag, bug) {
  if (bug === "flag-as-boolean") return Boolean(flag);
  if (bug === "flag-equals-true") return flag == true; // eslint-disable-line eqeqeq
  if (flag !== undefined && typeof flag !== "boolean") throw invalid("IncludeAllowedConflictSlots");
  return bug === "flag-true-by-default" ? flag ?? true : flag ?? false;
}

function readQuery(body, users, bug) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    if (bug !== "body-not-checked") throw new ApiError(400, "MXInvalidInputException", "The body has to be an object.");
    if (body === null || body === undefined) throw new TypeError("Cannot destructure property 'FromDate' of 'req.body'");
    if (Array.isArray(body)) body = body[0] ?? {};
  }
  const [FromDate, ToDate] = [readDate(body, "FromDate", bug), readDate(body, "ToDate", bug)];
  checkRange(FromDate, ToDate, bug);
  const Users = readUsers(body, users, bug);
  return { FromDate, ToDate, Users, IncludeAllowedConflictSlots: readFlag(body.IncludeAllowedConflictSlots, bug), Paging: readPaging(body.Paging, bug) };
}

function sendError(error, res, bug) {
  let status = error.status ?? error.statusCode ?? 500;
  if (status === 413 || status === 415) status = 400;
  if (bug === "status-forgotten" && status === 400) status = 200;
  if (bug === "everything-500" && status === 400) status = 500;
  if (bug === "send-status-400" && status === 400) return res.sendStatus(400);
  if (bug === "send-status-401" && status === 401) return res.sendStatus(401);
  if (bug === "limit-send-status" && status === 429) return res.sendStatus(429);
  if (bug === "limit-as-200" && status === 429) status = 200;
  if (bug === "refused-404" && status === 401) status = 404;
  const type = error instanceof ApiError ? error.type : status === 500 ? "MXInternalException" : "MXInvalidInputException";
  const body = { Status: "Error", ExceptionType: type, ExceptionMessage: error.message };
  if (bug === "error-object") return res.status(status).json({ error: body });
  if (bug === "message-is-an-error") body.ExceptionMessage = { message: error.message };
  if (bug === "type-is-undefined") body.ExceptionType = error.code;
  if (bug === "status-is-a-number") body.Status = status;
  return res.status(status).json(body);
}

export function createApp(users, pairs, bug = "", noLimit = false) {
  const app = express();
  app.disable("x-powered-by");
  const limit = limiter(bug, noLimit);
  const pending = {};
  const cache = new Map();
  const takes = bug === "type-of-anything" ? () => true : bug === "type-json-suffix" ? ["json", "text/*", "+json"] : "application/json";

  const authenticate = (req, res, next) => {
    req.account = findAccount(req, pairs, bug);
    next(req.account ? undefined : new ApiError(401, "MXInvalidUserDetailsException", "Invalid User Details!"));
  };
  const admit = async (req, res, next) => {
    next((await limit(req)) ? undefined : new ApiError(429, "MXAPIRateLimitExceededException", "API calls exceeded the limit of 25 in 5 second(s)"));
  };
  const needJson = (req, res, next) => {
    if (bug === "body-undefined" || bug === "type-of-anything" || bug === "type-json-suffix" || req.is("application/json")) return next();
    return next(new ApiError(400, "MXInvalidInputException", "The content type has to be application/json."));
  };
  const parsed = express.json({ strict: false, limit: "5mb", type: takes });

  app.post(PATH, authenticate, admit, needJson, parsed, async (req, res) => {
    if (bug === "body-undefined" && req.body === undefined) throw new TypeError("Cannot destructure property 'FromDate' of 'req.body' as it is undefined.");
    let query = readQuery(req.body, users, bug);
    if (bug === "query-of-the-module") {
      pending.query = query;
      await sleep(50); // the calendar comes over the network
      query = pending.query;
    }
    if (bug === "cached-by-url" && cache.get(req.originalUrl)?.until > Date.now()) return res.json(cache.get(req.originalUrl).made);
    const key = JSON.stringify([query.FromDate, query.Users, query.IncludeAllowedConflictSlots, query.Paging]);
    if (bug === "cached-without-to-date" && cache.has(key)) return res.json(cache.get(key));
    const made = answer(users, query, bug);
    if (bug === "cached-by-url") cache.set(req.originalUrl, { made, until: Date.now() + 1000 });
    if (bug === "cached-without-to-date") cache.size > 500 ? cache.clear() : cache.set(key, made);
    if (bug === "send-text") return res.type("text").send(JSON.stringify(made));
    if (bug === "status-201") return res.status(201).json(made);
    if (bug === "json-twice") return res.json(JSON.stringify(made));
    return res.json(made);
  });
  if (bug === "use-instead-of-post") app.use("/v2", authenticate, admit, parsed, (req, res) => res.json(answer(users, readQuery(req.body, users, bug), bug)));

  app.use((error, req, res, next) => {
    if (bug === "no-error-handler" || (bug === "parse-errors-as-html" && error.type === "entity.parse.failed")) return next(error);
    return sendError(error, res, bug);
  });
  return app;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "0" },
    bug: { type: "string", multiple: true, default: [] },
    account: { type: "string", multiple: true, default: [] },
    "no-rate-limit": { type: "boolean", default: false },
    "list-bugs": { type: "boolean", default: false },
  },
});

if (values["list-bugs"]) {
  for (const { name, says } of BUGS) console.log(`${name}: ${says}`);
} else {
  const unknown = values.bug.find((name) => !BUGS.some((bug) => bug.name === name));
  if (unknown !== undefined || positionals.length !== 1) {
    console.error(unknown === undefined ? "name one scenario file" : `there is no bug ${unknown}; --list-bugs names them`);
    process.exit(2);
  }
  const own = `${process.env.LSQ_ACCESS_KEY ?? "AccessKey"}:${process.env.LSQ_SECRET_KEY ?? "SecretKey"}`;
  const pairs = {};
  for (const pair of values.account.length ? values.account : [own]) pairs[pair.slice(0, pair.indexOf(":"))] = { secret: pair.slice(pair.indexOf(":") + 1) };
  for (const bug of values.bug.length ? values.bug : [""]) {
    const server = createApp(loadUsers(positionals[0]), pairs, bug, values["no-rate-limit"]).listen(Number(values.port), "127.0.0.1", () => {
      console.log(`${bug || "-"} http://127.0.0.1:${server.address().port}`);
    });
  }
}
