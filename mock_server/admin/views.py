"""What the admin interface shows: exchanges, users, settings and clocks as JSON values."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from leadsquared_slots.mock_server.accounts.account import Account
from leadsquared_slots.mock_server.calendars.people import name_of, subject_of
from leadsquared_slots.mock_server.conduct import asked_in_words, came_in_words
from leadsquared_slots.mock_server.contract.ledger import Rule
from leadsquared_slots.mock_server.domain.interval import DAY, Interval
from leadsquared_slots.mock_server.domain.rate_limit import RateLimit
from leadsquared_slots.mock_server.domain.task import Task
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.work_day import WEEKDAYS, WorkDayTemplate
from leadsquared_slots.mock_server.domain.zone import EPOCH, instant
from leadsquared_slots.mock_server.exchanges.message import Exchange
from leadsquared_slots.mock_server.vendor.day import clock_text

from .instant import instant_view as instant_view

_SHOWN_BODY = 16 << 10


def rule_view(rule: Rule) -> dict[str, Any]:
    """A rule of the ledger; what it does not have is left out."""
    fields = {
        "id": rule.id,
        "statement": rule.statement,
        "grade": rule.grade.value,
        "source": rule.source.title,
        "says": rule.says,
        "reason": rule.reason,
        "question": rule.question,
        "inside": rule.inside,
    }
    return {name: value for name, value in fields.items() if value is not None}


def limit_view(limit: RateLimit | None) -> str:
    """A rate limit as it is written in settings: `25/5s`, or `none`."""
    return "none" if limit is None else str(limit)


def exchange_view(exchange: Exchange) -> dict[str, Any]:
    """One entry of the journal, without a status where none was delivered. Long bodies are cut; `replyBytes` is the whole length."""
    request, reply = exchange.request, exchange.reply
    return {
        "number": exchange.number,
        "asked": asked_in_words(exchange),
        "came": came_in_words(exchange),
        "at": instant_view(exchange.at),
        "method": request.method,
        "urlPath": request.path,
        "query": request.query,
        "headers": request.headers,
        "body": _text(request.body),
        "matched": exchange.matched,
        "status": reply.status or None,
        "replyHeaders": dict(reply.headers),
        "replyBody": _text(reply.body),
        "replyBytes": exchange.reply_bytes,
        "rules": reply.rules,
        "fault": reply.fault,
        "note": reply.note,
        "delaySeconds": reply.delay,
        "milliseconds": round(exchange.seconds * 1000, 3),
        "arrivedAt": instant_view(round(exchange.arrived, 3)),
        "deliveredAt": instant_view(round(exchange.delivered, 3)),
    }


def settings_view(account: Account) -> dict[str, Any]:
    """The answers of an account's profile, and its rate limit."""
    return {
        "profile": {"name": account.profile.name, **account.profile.answers()},
        "rateLimit": limit_view(account.limit),
    }


def clock_view(account: Account) -> dict[str, Any]:
    """The time of an account's clock, and whether it stands still."""
    return {"now": instant_view(account.clock.now()), "frozen": account.clock.frozen_at is not None}


def user_view(user: User) -> dict[str, Any]:
    """Who a user is."""
    return {
        "id": user.id,
        "email": user.address,
        "name": name_of(user),
        "zone": user.zone_name,
        "template": None if user.template is None else template_view(user.template),
    }


def template_view(template: WorkDayTemplate) -> dict[str, Any]:
    """A work day template, in the form of scenario files."""
    return {
        "name": template.name,
        "zone": template.zone_name,
        "shifts": _week_view(template.shifts),
        "breaks": _week_view(template.breaks),
    }


def calendar_view(user: User, first: int, last: int) -> dict[str, Any]:
    """A user's calendar between two dates (ordinals, both included), in the form of scenario files."""
    days = range(first, last + 1)
    calendar = user.calendar
    zone = user.template.zone if user.template else user.zone
    start, end = instant(zone, first, 0), instant(zone, last + 1, 0)
    edges = ((first - EPOCH) * DAY if start is None else start, (last + 1 - EPOCH) * DAY if end is None else end)
    tasks = [task for task in calendar.tasks(*edges) if task.start < edges[1] and task.end > edges[0]]
    return {
        **user_view(user),
        "from": _date(first),
        "to": _date(last),
        "holidays": [{"date": _date(day), "name": name} for day in days if (name := calendar.holiday(day)) is not None],
        "leaves": [leave for day in days for leave in _leave_views(user, day)],
        "tasks": [task_view(task, user) for task in sorted(tasks, key=lambda task: task[:2])],
    }


def task_view(task: Task, user: User) -> dict[str, Any]:
    """A task, in the form of scenario files, with what makes it busy or not."""
    return {
        "id": task.id,
        "type": task.type.name,
        "allowConflicts": task.type.allow_conflicts,
        "start": instant_view(task.start),
        "end": instant_view(task.end),
        "subject": subject_of(task, user),
    }


def _leave_views(user: User, ordinal: int) -> list[dict[str, str]]:
    leave = user.calendar.leave(ordinal)
    whole = [{"date": _date(ordinal)}] if leave.whole else []
    return whole + [{"date": _date(ordinal), "time": times_view(part)} for part in leave.parts]


def times_view(interval: Interval) -> str:
    """Wall-clock times as scenario files have them, `09:00-14:00`."""
    end = "24:00" if interval.end == DAY else _clock(interval.end)
    return f"{_clock(interval.start)}-{end}"


def _clock(second: int) -> str:
    return clock_text(second).removesuffix(":00")


def _week_view(week: Sequence[Sequence[Interval]]) -> dict[str, list[str]]:
    return {name: [times_view(interval) for interval in day] for name, day in zip(WEEKDAYS, week, strict=True) if day}


def _date(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _text(body: bytes) -> str:
    return body[:_SHOWN_BODY].decode("utf-8", "replace") + ("…" if len(body) > _SHOWN_BODY else "")
