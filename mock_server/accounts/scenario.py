"""Scenarios: named starting states, loaded from TOML or JSON, strictly validated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from leadsquared_slots.mock_server.accounts.faults import BadFault, read_fault
from leadsquared_slots.mock_server.calendars.written import BadCalendar, read_template, read_user
from leadsquared_slots.mock_server.contract.documents import scenario_files
from leadsquared_slots.mock_server.contract.toml_text import BadToml, read_toml
from leadsquared_slots.mock_server.contract.validation import problems
from leadsquared_slots.mock_server.domain.errors import DomainError, shortened, suggestion
from leadsquared_slots.mock_server.domain.profile import PROFILES, Profile
from leadsquared_slots.mock_server.domain.rate_limit import UNLIMITED, RateLimit, limit_of
from leadsquared_slots.mock_server.domain.task import TaskType
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.work_day import WorkDayTemplate

from .clock import known_time
from .scenario_errors import Mistakes, ScenarioError, misplaced

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named starting state of an account: who exists, with which calendar; clock, profile, limit and faults.

    `document` is the scenario as data, in the form of `schemas/scenario.schema.json`; the other fields are what it says. `now` is seconds
    since the epoch. None leaves a setting to the command line.
    """

    name: str
    title: str
    document: Document = field(repr=False)
    users: tuple[User, ...] = ()
    is_open: bool = True
    task_types: Mapping[str, TaskType] = field(default_factory=dict)
    templates: Mapping[str, WorkDayTemplate] = field(default_factory=dict)
    profile: Profile | None = None
    rate_limit: RateLimit | None = None
    is_unlimited: bool = False
    now: float | None = None
    faults: tuple[Document, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the scenario may say and hardly means, a sentence each."""
        return tuple(text for template in self.templates.values() for text in template.oddities())

    @classmethod
    def load(cls, name: str) -> "Scenario":
        """A built-in scenario by its name, or one from a TOML file by its path. Raises ScenarioError."""
        if name in scenario_files() or not name.endswith(".toml"):
            return cls.named(name)
        return cls.parse(_text_of(Path(name)), source=name)

    @classmethod
    def named(cls, name: str) -> "Scenario":
        """A built-in scenario by its name; `generated` is the one that is there without any. Raises ScenarioError."""
        built_in = scenario_files()
        if name == GENERATED.name:
            return GENERATED
        if name not in built_in:
            hint = suggestion(name, [GENERATED.name, *built_in], f"built in are {', '.join(built_in)}")
            raise ScenarioError(f"unknown scenario {shortened(name)!r}: neither built in nor a .toml file", hint)
        return cls.parse(built_in[name].read_text("utf-8"), source=name)

    @classmethod
    def parse(cls, text: str, source: str = "scenario") -> "Scenario":
        """A scenario from the text of a TOML file. Raises ScenarioError with the line and the nearest right key."""
        document = _document_of(text, source)
        _check("scenario", document, source, text)
        return cls.of_valid(document, source, text)

    @classmethod
    def from_document(cls, document: Document, source: str = "scenario") -> "Scenario":
        """A scenario from data in the form of the schema, as the admin interface takes it. Raises ScenarioError."""
        _check("scenario", document, source, None)
        return cls.of_valid(document, source)

    @classmethod
    def of_valid(cls, document: Document, source: str, text: str | None = None) -> "Scenario":
        """A scenario from data that is valid by the schema; `text` gives lines. Raises ScenarioError for what no schema can say."""
        try:
            return _read(document, source)
        except BadCalendar as error:
            raise misplaced(source, text, error.path, error) from None
        except DomainError as error:
            raise ScenarioError(f"{source}: {error.what}", error.hint) from None


GENERATED = Scenario(name="generated", title="Every well-formed address is a user with a generated calendar", document={})
"""The starting state without a scenario."""


def built_in_scenarios() -> Iterator[Scenario]:
    """The scenarios that can be chosen by name: `generated`, then those that come with the product."""
    return chain([GENERATED], map(Scenario.load, scenario_files()))


def _read(document: Document, source: str) -> Scenario:
    types = _read_task_types(document)
    templates = _read_templates(document)
    users = _read_users(document, templates, types)
    limit = document.get("rate-limit")
    for number, fault in enumerate(document.get("fault", ())):
        try:
            read_fault(fault)
        except BadFault as error:
            raise BadCalendar(("fault", number), error.what, error.hint) from None
    is_open = document.get("directory", "closed" if users else "open") == "open"
    if not is_open:
        _check_fault_users(document, users)
    return Scenario(
        name=source,
        title=document.get("title", source),
        document=document,
        users=users,
        is_open=is_open,
        task_types=types,
        templates=templates,
        profile=read_profile(document["profile"], source) if "profile" in document else None,
        rate_limit=limit_of(limit),
        is_unlimited=limit == UNLIMITED,
        now=_read_now(document),
        faults=tuple(document.get("fault", ())),
    )


def _check_fault_users(document: Document, users: Sequence[User]) -> None:
    """Raises BadCalendar for a fault of a user whom nobody can ask for."""
    known = {user.address.lower(): user.address for user in users}
    for number, fault in enumerate(document.get("fault", ())):
        if "user" in fault and fault["user"].lower() not in known:
            hint = suggestion(fault["user"], known.values(), "give the user a [[user]] table, or leave the key out")
            raise BadCalendar(("fault", number, "user"), f"no user has the address {fault['user']!r}", hint)


def _read_now(document: Document) -> float | None:
    try:
        return read_instant(document["now"]) if "now" in document else None
    except DomainError as error:
        raise BadCalendar(("now",), error.what, error.hint) from None


def _read_task_types(document: Document) -> dict[str, TaskType]:
    types: dict[str, TaskType] = {}
    for number, entry in enumerate(document.get("task-type", ())):
        if entry["name"] in types:
            raise _defined_twice("task type", entry["name"], ("task-type", number, "name"))
        types[entry["name"]] = TaskType(entry["name"], entry["allow-conflicts"])
    return types


def _defined_twice(what: str, name: str, path: tuple[str | int, ...]) -> BadCalendar:
    return BadCalendar(path, f"{what} {name!r} is defined twice", "give each a name of its own")


def _read_templates(document: Document) -> dict[str, WorkDayTemplate]:
    templates: dict[str, WorkDayTemplate] = {}
    for number, entry in enumerate(document.get("template", ())):
        if entry["name"] in templates:
            raise _defined_twice("template", entry["name"], ("template", number, "name"))
        templates[entry["name"]] = read_template(entry, ("template", number))
    return templates


def _read_users(document: Document, templates: Mapping[str, WorkDayTemplate], types: Mapping[str, TaskType]) -> tuple[User, ...]:
    users: dict[str, User] = {}
    ids: dict[str, str] = {}
    for number, entry in enumerate(document.get("user", ())):
        user = read_user(entry, ("user", number), templates, types)
        key = user.address.lower()
        if key in users:
            raise BadCalendar(("user", number, "email"), f"user {user.address!r} is defined twice", "an address has one user")
        other = ids.setdefault(user.id.lower(), user.address)
        if other != user.address:
            raise BadCalendar(
                ("user", number, "id"), f"users {other!r} and {user.address!r} have one id", "leave it out, or give each its own"
            )
        users[key] = user
    return tuple(users.values())


def read_profile(document: str | Document, source: str) -> Profile:
    """A profile by name, or from the data of a profile file. Raises DomainError."""
    if isinstance(document, str):
        if document not in PROFILES:
            hint = f"expected {' or '.join(PROFILES)}, or a .toml file"
            raise ScenarioError(f"unknown profile {shortened(document)!r}", hint)
        return PROFILES[document]
    answers = dict(document)
    base = PROFILES[answers.pop("extends", "documented")]
    name = answers.pop("name", None) or f"{base.name}, changed by {shortened(source, 50)}"
    return base.with_answers(answers, name=name)


def load_profile(name: str) -> Profile:
    """A profile that comes with the product by its name, or one from a TOML file by its path. Raises ScenarioError."""
    if name in PROFILES or not name.endswith(".toml"):
        return read_profile(name, "the command line")
    path = Path(name)
    text = _text_of(path)
    document = _document_of(text, name)
    _check("profile", document, name, text)
    return read_profile(document, path.stem)


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ScenarioError(f"{path} cannot be read: {why}", "expected a TOML file in UTF-8") from None


def _check(schema: str, document: Document, source: str, text: str | None) -> None:
    found = problems(schema, document)
    if found:
        raise Mistakes(source, text, found)


def _document_of(text: str, source: str) -> Document:
    """The content of a TOML file. Raises ScenarioError."""
    try:
        return read_toml(text)
    except BadToml as error:
        raise ScenarioError(f"{source}{f', line {error.line}' if error.line else ''}: {error.what}", error.hint) from None


class NoInstant(DomainError):
    """A text that names no instant."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{shortened(text)!r} names no instant", "give a date and time with its zone, such as 2026-03-02T06:00:00Z")


def read_instant(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 date-time with a zone. Raises NoInstant for all else, and NoSuchTime."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NoInstant(text) from None
    if moment.tzinfo is None:
        raise NoInstant(text)
    return known_time(moment.timestamp())
