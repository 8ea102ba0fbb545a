"""Micro-benchmarks: the emulator's parts in this process, each beside the cheapest thing that it could be.

python -m leadsquared_slots.mock_server.benchmarks --only micro
"""

import gc
import gzip
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice, permutations
from time import perf_counter, process_time
from typing import Any

import orjson
from leadsquared_slots.mock_server.calendars.generated.users import generate_user
from leadsquared_slots.mock_server.calendars.zones import zone
from leadsquared_slots.mock_server.domain.availability import availability
from leadsquared_slots.mock_server.domain.profile import DOCUMENTED
from leadsquared_slots.mock_server.domain.zone import day_in_zone, offset_at
from leadsquared_slots.mock_server.vendor.request import read_request

from .growth import growth
from .load import new_salt
from .part import Part, asking, new_emulator
from .report.figures import Spread
from .size import SIZES, WARM, Size, fill


def measure(seconds: float, rounds: int) -> list[dict[str, Any]]:
    """Every part in interleaved rounds, each about so many seconds in all: microseconds a unit, and times the part beside it."""
    found: dict[str, list[float]] = {}
    parts = list(_parts())
    for _ in range(rounds):
        for part in parts:
            found.setdefault(part.name, []).append(_time(part, seconds / rounds))
    return [_figures(part, found) for part in parts]


def _time(part: Part, seconds: float) -> float:
    """Microseconds of processor time a unit, the least of several, so that others at work on the machine count little."""
    least = math.inf
    gc.collect()
    gc.disable()
    deadline = perf_counter() + seconds
    try:
        while perf_counter() < deadline or math.isinf(least):
            given = part.prepare()
            began = process_time()
            part.work(given)
            least = min(least, process_time() - began)
    finally:
        gc.enable()
    return least * 1e6 / part.units


def _figures(part: Part, found: dict[str, list[float]]) -> dict[str, Any]:
    times = None
    if part.beside is not None:
        times = Spread.of(our / their for our, their in zip(found[part.name], found[part.beside], strict=True)).data()
    return {"name": part.name, "microseconds": Spread.of(found[part.name]).data(), "beside": part.beside, "times": times}


def _parts() -> Iterator[Part]:
    yield from _algorithm()
    yield from _zones()
    for size in SIZES:
        yield from _request(size)
        yield from _answer(size)
    yield from growth()


def _algorithm() -> Iterator[Part]:
    dates = [day.toordinal() for day in SIZES[2].dates]

    def new_users() -> list[Any]:
        return [generate_user(0, f"user@{new_salt()}.example.com") for _ in range(10)]

    def days_of(users: list[Any]) -> None:
        for user in users:
            for ordinal in dates:
                availability(user, ordinal, include_allowed_conflicts=False, profile=DOCUMENTED)

    known = new_users()
    yield Part(name="a new user", work=lambda _: new_users(), units=10)
    yield Part(name="a user's day, its calendar known", work=days_of, prepare=lambda: known, units=1000)
    yield Part(
        name="a user's day, its calendar new", work=days_of, prepare=new_users, units=1000, beside="a user's day, its calendar known"
    )


def _zones() -> Iterator[Part]:
    new_york = zone("America/New_York")
    dates = [day.toordinal() for day in SIZES[2].dates]
    moments = [int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) for day in SIZES[2].dates]
    instants = [datetime.fromtimestamp(moment, UTC) for moment in moments]
    one = "a conversion by zoneinfo"
    yield Part(name=one, work=lambda _: [instant.astimezone(new_york) for instant in instants], units=100)
    yield Part(name="an offset, known", work=lambda _: [offset_at(new_york, moment) for moment in moments], units=100, beside=one)
    yield Part(name="a date in a zone, known", work=lambda _: [day_in_zone(date, new_york) for date in dates], units=100, beside=one)
    yield Part(
        name="a date in a zone, new",
        work=lambda _: [day_in_zone(date, new_york) for date in dates],
        prepare=_forget_zones,
        units=100,
        beside=one,
    )


def _forget_zones() -> None:
    day_in_zone.cache_clear()
    offset_at.cache_clear()


def _request(size: Size) -> Iterator[Part]:
    def new_bodies() -> list[bytes]:
        return [fill(size.body(), new_salt()) for _ in range(20)]

    parsed = f"{size.name}: the request by orjson alone"
    yield Part(name=parsed, work=lambda bodies: [orjson.loads(body) for body in bodies], prepare=new_bodies, units=20)
    yield Part(
        name=f"{size.name}: the request read and validated",
        work=lambda bodies: [read_request(body, "application/json", DOCUMENTED) for body in bodies],
        prepare=new_bodies,
        units=20,
        beside=parsed,
    )


def _answer(size: Size) -> Iterator[Part]:
    ask = asking(new_emulator())
    warm = fill(size.body())
    whole = ask(warm)
    fragments = _fragments(whole)
    joined = f"{size.name}: its fragments joined"
    many = max(1, 2000 // (size.users * size.days))
    yield Part(name=joined, work=lambda _: [b"".join(fragments) for _ in range(many)], units=many)
    yield Part(name=f"{size.name}: its bytes copied", work=lambda _: [bytearray(whole) for _ in range(many)], units=many, beside=joined)
    yield Part(name=f"{size.name}: answered warm", work=lambda _: [ask(warm) for _ in range(many)], units=many, beside=joined)
    yield Part(
        name=f"{size.name}: answered cold",
        work=lambda body: ask(body),
        prepare=lambda: fill(size.body(), new_salt()),
        beside=joined,
    )
    yield Part(name=f"{size.name}: answered for known users in a new order", work=ask, prepare=_regrouping(size, ask), beside=joined)
    document = orjson.loads(whole)
    yield Part(name=f"{size.name}: orjson of the document", work=lambda _: orjson.dumps(document), beside=joined)
    yield Part(name=f"{size.name}: gzip, level 1", work=lambda _: gzip.compress(whole, 1), beside=joined)


def _regrouping(size: Size, ask: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """Makes requests that were never sent, of users whose calendars are known: what is kept of whole answers is of no use to them."""
    query = orjson.loads(fill(size.body()))
    known = [*query["Users"], *(f"more{number}@{WARM}.example.com" for number in range(max(10, 1200 // size.users)))]
    # No order comes twice, and the first is that of the warm request.
    orders = islice(permutations(known, size.users), 1, None)

    def regrouped() -> bytes:
        return orjson.dumps({**query, "Users": next(orders)})

    for at in range(0, len(known), size.users):
        ask(orjson.dumps({**query, "Users": known[at : at + size.users]}))
    return regrouped


def _fragments(whole: bytes) -> list[bytes]:
    """An answer cut before every user's day, so that joining it is the least that an answer made of kept days can cost."""
    first, *others = whole.split(b'{"UserId"')
    return [first, *(b'{"UserId"' + part for part in others)]
