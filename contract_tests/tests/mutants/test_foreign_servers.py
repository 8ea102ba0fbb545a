"""The strangers' servers are what they say: the correct ones agree, and each mistake shows in some answer."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from ..support.foreign_servers import ACCESS, CORRECT, FOREIGN, PATH, SECRET, TEAMS, addresses, bugs, calendar, serving, variants

TODAY = date(2026, 3, 4)
JSON = {"Content-Type": "application/json"}
KEYS = f"?accessKey={quote(ACCESS)}&secretKey={SECRET}"
HEADERS = {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": SECRET}
EVERYTHING = calendar("everything", TODAY)
USERS = list(addresses(EVERYTHING))
Sent = tuple[str, str, dict[str, str], bytes]
Received = tuple[int, str, bytes]

pool = urllib3.PoolManager(num_pools=500, retries=False)


def ask(url: str, sent: Sent) -> Received:
    """Status, content type and body; a connection that breaks has status 0."""
    method, path, headers, body = sent
    try:
        got = pool.request(method, url + path, headers=headers, body=body, timeout=30, decode_content=False)
        return got.status, got.headers.get("Content-Type", ""), got.data
    except urllib3.exceptions.HTTPError as error:
        return 0, type(error).__name__, b""


def question(first: str = "2026-03-02", last: str = "2026-03-10", users: Any = tuple(USERS[:4]), **more: Any) -> dict[str, Any]:
    return {"FromDate": first, "ToDate": last, "Users": users, "IncludeAllowedConflictSlots": False, **more}


def post(body: Any, path: str = PATH + KEYS, headers: dict[str, str] = JSON) -> Sent:
    return "POST", path, headers, body if isinstance(body, bytes) else json.dumps(body).encode()


def page(index: Any, size: Any) -> dict[str, Any]:
    return question(Paging={"PageIndex": index, "PageSize": size})


def without(member: str) -> dict[str, Any]:
    return {name: value for name, value in question().items() if name != member}


RANGES = """
2026-03-06 2026-03-09, 2026-03-25 2026-04-06, 2025-10-22 2025-11-04, 2026-10-01 2026-11-03, 2024-02-27 2024-03-01, 2024-02-29 2024-02-29,
2018-08-25 2018-09-25, 2026-12-30 2027-01-03, 2040-02-10 2040-02-11, 2026-03-01 2026-06-09, 2026-03-01 2026-06-10, 2026-03-01 2026-06-29,
2026-03-01 2026-09-09, 2026-03-01 2027-03-02, 2026-01-31 2026-05-11, 2026-03-02 2026-03-01, 2026-02-30 2026-03-01, 20260302 20260303,
2026-3-2 2026-03-03, 2026-03-02T00:00:00 2026-03-03
"""
ODD_DATES = (("2026-03-02 ", "2026-03-03"), ("2026-03-02\n", "2026-03-03"), ("March 2, 2026", "2026-03-03"))
PAGES = ((1, 2), (2, 3), (2, 2), (1, 1), (4, 1), (2, 3), (2, 3), (3, 2), (9, 2), (0, 2), (1, 0), (1.5, 1), ("1", 1), (True, 1))
NO_PAGES = ((-1, 2), (2**62, 3))
NO_USERS = ([], None, USERS[0], ",".join(USERS[:2]), [None], [5, USERS[0]], ["", USERS[0]], ["constructor"])
NOBODY = (["amy.patel+x@example.com"], ["amy.patel"])


def questions() -> Iterator[Any]:
    """Bodies: dates, users, pages and values that are wrong."""
    yield question("2026-03-03", "2026-03-03", [USERS[0], USERS[3]])
    yield question(users=USERS)
    yield question(users=USERS)
    yield question(users=USERS, IncludeAllowedConflictSlots=True)
    for first, last in (*(pair.split() for pair in RANGES.split(",")), *ODD_DATES):
        yield question(first, last, USERS)
        yield question(first, last, USERS, IncludeAllowedConflictSlots=True)
    yield from (page(*pair) for pair in (*PAGES, *NO_PAGES))
    yield from (question(Paging=value) for value in (None, {}, [], "1"))
    yield question(users=[*USERS[:2], "nobody@example.com", USERS[3]], Paging={"PageIndex": 1, "PageSize": 3})
    yield from (without(member) for member in question())
    yield from (question(users=value) for value in (*NO_USERS, *NOBODY))
    yield question(users=[USERS[0].lower(), USERS[2].upper()])
    yield question(users=[USERS[1], USERS[0]])
    yield question(users=[USERS[0], USERS[1]], last="2026-03-12")
    yield question(users=[USERS[6]])
    yield json.dumps(question(users=[USERS[6]]), ensure_ascii=False).encode()
    yield from (question(IncludeAllowedConflictSlots=value) for value in ("false", "yes", 1, 0, None, "x"))
    yield from ([question()], [], None, 5, "x", {**question(), "Unknown": 1})
    yield from (b"{", b"", b'{"FromDate": "\xff"}', b"[" * 100_000)
    written = json.dumps(question()).encode()
    yield from (written[:-1] + b",}", written.replace(b'"', b"'"))


def calls() -> Iterator[Sent]:
    """What is sent, in this order; some mistakes show only after other calls."""
    for body in questions():
        yield post(body)
    yield post(question(users=USERS))
    for keys in key_forms():
        yield post(question(), PATH + keys)
    small = {name.lower(): value for name, value in HEADERS.items()}
    for headers in (HEADERS, small, {**HEADERS, "x-LSQ-SecretKey": "wrong"}, {"x-LSQ-AccessKey": ACCESS}):
        yield post(question(), PATH, JSON | headers)
    for kind in ("text/plain", "text/json", "application/json; charset=utf-8", "Application/JSON", ""):
        yield post(question(), headers={"Content-Type": kind})
    for path in ("/v2/Task.svc/Nothing", "/v2/Task.svc/Nothing/ByUserEmailAddress", PATH + "Es", "/v2/Nothing"):
        yield post(question(), path + KEYS)
    for method in ("GET", "PUT"):
        yield method, PATH + KEYS, JSON, json.dumps(question()).encode()


def key_forms() -> Iterator[str]:
    """Queries with keys that are nearly right."""
    access = quote(ACCESS)
    shorter, longer = ("", SECRET[:-1], SECRET[1:], SECRET[3:9]), (SECRET + "0", "%20" + SECRET, SECRET[:20] + "%20" + SECRET[20:])
    yield ""
    for secret in (*shorter, *longer, SECRET.upper(), "%25", SECRET[:-1] + "0", "0" + SECRET[1:], "%C3%A9"):
        yield f"?accessKey={access}&secretKey={secret}"
    yield f"?accessKey={access}"
    yield from (f"?accessKey={wrong}&secretKey={SECRET}" for wrong in ("nobody", access.upper(), access[:-1], access + "0", "u%24r"))
    yield from ("?accessKey=nobody", "?accessKey=constructor", f"?secretKey={SECRET}", f"?accessKey={SECRET}&secretKey={access}")


def answers(url: str) -> Iterator[Received]:
    """The answers in the order of the calls, and those of two different calls at once."""
    for sent in calls():
        yield ask(url, sent)
    with ThreadPoolExecutor(2) as both:
        yield from both.map(lambda day: ask(url, post(question(day, day))), ("2026-03-02", "2026-03-03"))


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calendar with everything, moved to the week of TODAY."""
    path = tmp_path_factory.mktemp("foreign") / "everything.toml"
    path.write_text(EVERYTHING, encoding="utf-8")
    return path


@pytest.mark.parametrize("team", TEAMS)
def test_every_mistake_is_made_in_the_code_and_described_once(team: str) -> None:
    """What bugs.toml names is what the code asks for, and there are at least fifty."""
    names = [bug.name for bug in bugs(team)]
    code = "".join(
        path.read_text("utf-8") for path in (FOREIGN / f"{team}_team").glob("*.*") if path.suffix in (".py", ".js", ".php", ".rb")
    )
    assert len(names) >= 50
    assert len(names) == len(set(names)) == len({bug.says for bug in bugs(team)})
    assert [name for name in names if f'"{name}"' not in code and f"'{name}'" not in code] == []
    asked = set(re.findall(r"""\bbug(?: ==?=? "|\('|\?\(")([^'"]+)['"]""", code))
    assert asked
    assert asked - set(names) == set()


@pytest.mark.parametrize("team", [team for team in TEAMS if variants(team)])
def test_every_lawful_variant_is_in_the_code(team: str) -> None:
    """What bugs.toml calls lawful is what the code asks for, and no name of a mistake."""
    code = "".join(path.read_text("utf-8") for path in (FOREIGN / f"{team}_team").glob("*.rb"))
    names = [variant.name for variant in variants(team)]
    assert set(names) == set(re.findall(r"""\bvariant\?\("([^"]+)"\)""", code))
    assert set(names).isdisjoint(bug.name for bug in bugs(team))


def comparable(received: Received) -> Any:
    """An answer without what the servers may choose: ids, the order of users, and the lists of absent days."""
    body = json.loads(received[2])
    for group in body["List"]:
        group["UserSlots"].sort(key=lambda user: user["EmailAddress"])
        for user in group["UserSlots"]:
            del user["UserId"]
            if user["NoSlotsReason"] in ("Holiday", "Leave", "NotScheduled"):
                user["AvailableSlots"] = user["Breaks"] = None
    return body


@pytest.mark.slow
def test_the_correct_servers_agree(scenario: Path) -> None:
    """Written independently of one another, they give the same slots for a year with every change of clocks."""
    ranges = "2025-10-20 2025-11-05, 2026-02-25 2026-04-06, 2026-09-28 2026-11-05, 2024-02-27 2024-03-02, 2026-12-20 2027-03-30"
    pairs = [pair.split() for pair in ranges.split(",")]
    asked = [post(question(*pair, USERS, IncludeAllowedConflictSlots=flag)) for flag in (False, True) for pair in pairs]
    found = []
    for team in TEAMS:
        with serving(team, [CORRECT], scenario) as urls:
            found.append([comparable(ask(urls[CORRECT], sent)) for sent in asked])
    assert all(any(user["AvailableSlots"] for group in answer["List"] for user in group["UserSlots"]) for answer in found[0])
    assert [team for team, one in zip(TEAMS, found, strict=True) if one != found[0]] == []


@pytest.mark.slow
@pytest.mark.parametrize("team", TEAMS)
def test_every_mistake_shows_in_some_answer(team: str, scenario: Path) -> None:
    """A server with the mistake answers one of these calls otherwise than the correct one; those of the limit are asked elsewhere."""
    with serving(team, [CORRECT], scenario) as urls:
        right = list(answers(urls[CORRECT]))
    names = [bug.name for bug in bugs(team) if bug.needs != "burst" and not bug.invisible]
    with serving(team, names, scenario) as urls:
        silent = [name for name in names if all(got == expected for got, expected in zip(answers(urls[name]), right, strict=True))]
    assert silent == []


def test_a_server_names_its_mistakes() -> None:
    """--list-bugs prints a name and a sentence for each."""
    command = [sys.executable, FOREIGN / "stdlib_team" / "server.py", "--list-bugs"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == [f"{bug.name}: {bug.says}" for bug in bugs("stdlib")]
