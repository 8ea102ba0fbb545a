"""Every mistake in a scenario file is refused with its line, what was received, and what to write instead."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server import Scenario
from leadsquared_slots.mock_server.accounts.scenario_errors import ScenarioError
from leadsquared_slots.mock_server.contract.documents import scenario_files
from leadsquared_slots.mock_server.contract.toml_text import lines_of, read_toml

SOUND = """\
title = "Support team"
now = 2026-03-02T03:00:00Z
rate-limit = "25/5s"

[[task-type]]
name = "Meeting"
allow-conflicts = false

[[template]]
name = "Two shifts"
zone = "Asia/Kolkata"
shifts = { weekdays = ["09:00-14:00", "18:00-21:00"], saturday = ["22:00-06:00"] }

[[user]]
email = "zoo@lsqdev.in"
zone = "Asia/Kolkata"
template = "Two shifts"
holidays = [2026-01-26]
leaves = [{ from = 2026-03-09, to = 2026-03-10 }, { date = 2026-03-12, time = "10:00-12:00" }]
tasks = [{ type = "Meeting", start = 2026-03-02T06:00:00Z, end = 2026-03-02T06:30:00Z }]
"""


def test_the_file_without_a_mistake_is_accepted() -> None:
    scenario = Scenario.parse(SOUND)
    assert [user.address for user in scenario.users] == ["zoo@lsqdev.in"]
    assert not scenario.is_open


@pytest.mark.parametrize(
    ("sound", "mistaken", "line", "says"),
    [
        ("title", "titel", 1, "unknown key 'titel'; did you mean 'title'?"),
        ('"Support team"', '"Support', None, "not TOML"),
        ("2026-03-02T03:00:00Z", "2026-03-02T03:00:00", 2, "expected an instant in whole seconds, with its zone"),
        ("2026-03-02T03:00:00Z", "0001-01-01T00:00:00+14:00", 2, "expected one of the years 1 to 9999"),
        ('"25/5s"', '"25"', 3, 'such as "25/5s"'),
        ("[[task-type]]", "[task-type]", 5, "expected a list of tables, each written [[task-type]]"),
        (
            "[[task-type]]",
            '[[task-type]]\nname = "Meeting"\nallow-conflicts = true\n[[task-type]]',
            9,
            "task type 'Meeting' is defined twice",
        ),
        ("[[template]]", '[[template]]\nname = "Two shifts"\nzone = "UTC"\nshifts = {}\n[[template]]', 14, "'Two shifts' is defined twice"),
        ("Asia/Kolkata", "Asia/Kolkatta", 11, "unknown time zone 'Asia/Kolkatta'; did you mean 'Asia/Kolkata'?"),
        ("saturday", "satruday", 12, "did you mean 'saturday'?"),
        ("09:00-14:00", "9-14", 12, 'expected wall-clock times from-to, such as "09:00-14:00"'),
        ("[[user]]", '[[user]]\nemail = "ZOO@lsqdev.in"\nzone = "UTC"\n[[user]]', 18, "user 'zoo@lsqdev.in' is defined twice"),
        (
            "[[user]]",
            (
                '[[user]]\nemail = "a@b.example"\nzone = "UTC"\nid = "477aec30-bfee-11e8-a43f-02742c1c8abe"\n'
                '[[user]]\nid = "477AEC30-bfee-11e8-a43f-02742c1c8abe"'
            ),
            19,
            "users 'a@b.example' and 'zoo@lsqdev.in' have one id",
        ),
        ('template = "Two shifts"', 'template = "Two shift"', 17, "template 'Two shift' is not defined; did you mean 'Two shifts'?"),
        ('template = "Two shifts"', 'template = "Nights"', 17, "define it in a [[template]] table"),
        ("[2026-01-26]", '"XX"', 18, "no holiday calendar for country 'XX'"),
        ("to = 2026-03-10", "to = 2026-03-08", 19, "ends before it begins; swap the two dates"),
        ("10:00-12:00", "22:00-02:00", 19, "runs over midnight; write one leave for each of the two dates"),
        ('type = "Meeting"', 'type = "Meating"', 20, "task type 'Meating' is not defined; did you mean 'Meeting'?"),
        ("end = 2026-03-02T06:30:00Z", "end = 2026-03-02T06:00:00Z", 20, "a task has to end after it starts"),
        ("end = 2026-03-02T06:30:00Z", "end = 2026-03-02T06:30:00.5Z", 20, "expected an instant in whole seconds"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_what_to_write_instead(sound: str, mistaken: str, line: int | None, says: str) -> None:
    assert sound in SOUND
    with pytest.raises(ScenarioError) as error:
        Scenario.parse(SOUND.replace(sound, mistaken, 1), "team.toml")
    assert says in str(error.value)
    assert str(error.value).startswith(f"team.toml, line {line}: " if line else "team.toml: ")


def test_several_mistakes_are_told_at_once_each_with_its_line() -> None:
    with pytest.raises(ScenarioError) as error:
        Scenario.parse(SOUND.replace("title", "titel").replace("email", "emial"), "team.toml")
    assert [message.partition(": ")[0] for message in str(error.value).splitlines()] == [
        "team.toml, line 1",
        "team.toml, line 14",
        "team.toml, line 15",
    ]


def seconds_of(use: Callable[[], object]) -> float:
    """The least processor time of five tries."""
    times = []
    for _ in range(5):
        began = process_time()
        use()
        times.append(process_time() - began)
    return min(times)


def refused(text: str) -> ScenarioError:
    """What is said of a file that cannot be used."""
    with pytest.raises(ScenarioError) as error:
        Scenario.parse(text, "team.toml")
    return error.value


def test_many_mistakes_are_told_twenty_at_a_time_with_the_count_of_the_rest() -> None:
    """100 mistakes took 19 s and 200 took 218 s, as the line of each was found by parsing every beginning of the file."""
    text = "\n".join(f'[[user]]\nemial = "user{number}@example.com"\nzone = "UTC"' for number in range(100))
    began = process_time()
    lines = str(refused(text)).splitlines()
    assert process_time() - began < 5
    assert len(lines) == 21
    assert lines[-1] == "team.toml: and 180 problems more"
    assert lines[0].startswith("team.toml, line 1: user[0]: the key 'email' is missing")


MANY_USERS = '[[user]]\nemail = "user{0}@example.com"\nzone = "UTC"\nholidays = [2026-01-26]\n'
MANY_MISTAKES = '[[user]]\nemial = "user{0}@example.com"\nzone = "UTC"\n'


@pytest.mark.whole
@pytest.mark.parametrize("part", [MANY_USERS, MANY_MISTAKES, "key{0} = 1\n", "a{0}.b.c = 1\n", "[a{0}]\n", '"""', "# {0}\n", "'\"'"])
def test_the_time_for_a_file_grows_with_its_length(part: str) -> None:
    """A file eight times as long takes less than sixteen times as long; the square would be sixty-four times."""

    def read(number: int) -> Callable[[], object]:
        text = "".join(part.format(n) for n in range(number))

        def use() -> None:
            with suppress(ScenarioError):
                Scenario.parse(text, "team.toml")

        return use

    assert seconds_of(read(2_000)) < 16 * max(seconds_of(read(250)), 0.001)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 2000, "line 1: brackets are nested more than 32 deep"),
        ("\na = " + "{a = " * 2000, "line 2: brackets are nested more than 32 deep"),
        (".".join("a" * 5000) + " = 1", "line 1: a key has more than 32 parts"),
        ("[" + ".".join("a" * 5000) + "]", "line 1: a key has more than 32 parts"),
        ("a = " + "9" * 5000, "a key or a number has 5000 characters"),
        ("[[fault]]\nkind = 'reset'\ntimes = 0x" + "f" * 5000, "line 3: a key or a number has 5002 characters"),
        ("[[fault]]\nkind = 'reset'\ntimes = 0x" + "f" * 60, "line 3: fault[0].times: received a whole number of more than 64 bits"),
        ("[[fault]]\nkind = 'latency'\nmilliseconds = nan", "line 3: fault[0].milliseconds: received nan"),
        ("k" * 4_000_000 + " = 1", "a key or a number has 4000000 characters"),
        ('"' + "k" * 4_000_000 + '" = 1', "a key or a number has 4000002 characters"),
        ("a" * (4 << 20) + "a", "the text has 4194305 characters"),
        ("a = 1\n" * 5, "not TOML"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_hostile_text_is_refused_at_once(text: str, says: str) -> None:
    """Nesting gave a RecursionError, a long hexadecimal number was taken and could not be shown again, a key of 4 MB cost a second."""
    began = process_time()
    assert says in str(refused(text))
    assert process_time() - began < 5
    assert len(str(refused(text))) < 1_000


@given(st.text(st.sampled_from("[]{}\"\\'=.,\n# a1-:T"), max_size=60))
def test_any_text_is_a_scenario_or_is_refused(text: str) -> None:
    with suppress(ScenarioError):
        Scenario.parse(text)


@given(st.text(st.sampled_from("[]{}\"\\'=.,\n# a1-:T"), max_size=60), st.lists(st.tuples(st.sampled_from("a1-T"), st.integers(0, 2))))
def test_the_lines_of_any_text_are_lines_of_it(text: str, paths: list[tuple[str, int]]) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in lines_of(text, [("a",), *paths]).values())


@pytest.mark.parametrize("file", scenario_files().values(), ids=lambda file: file.stem)
def test_every_value_of_a_scenario_has_a_line(file: Path) -> None:
    """The lines are those on which tomllib, given the beginning of the file, first knows the value, or where it begins."""
    text = file.read_text("utf-8")
    paths = list(places(read_toml(text)))
    found = lines_of(text, paths)
    assert set(found) == set(paths)
    lines = text.splitlines()
    for path in paths:
        name = next(step for step in reversed(path) if isinstance(step, str))
        if isinstance(path[-1], str):
            assert name in lines[found[path] - 1], path


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document but the top."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inside:
        yield (*path, step)
        yield from places(item, (*path, step))


@pytest.mark.parametrize(
    ("sound", "mistaken", "says"),
    [
        ('zone = "Asia/Kolkata"\nshifts', 'zone = "IST"\nshifts', "unknown time zone 'IST'; did you mean 'Asia/Kolkata'?"),
        ('"09:00-14:00"', '"09:00\u201314:00"', "is an en dash, write the hyphen '-' of the keyboard"),
    ],
)
def test_what_people_write_by_habit_is_named(sound: str, mistaken: str, says: str) -> None:
    assert sound in SOUND
    assert says in str(refused(SOUND.replace(sound, mistaken, 1)))


@pytest.mark.parametrize("text", ["a={[", "a=[{[=", "a={]=["])
def test_brackets_that_are_no_toml_do_not_stop_it(text: str) -> None:
    """A bracket where a key is due was read again and again, for ever."""
    assert lines_of(text, [("a",)]) == {("a",): 1}


TEMPLATE = """
[[template]]
name = "Odd"
zone = "UTC"
shifts = { weekdays = [SHIFTS] }
breaks = { weekdays = [BREAKS] }
"""


@pytest.mark.parametrize(
    ("shifts", "breaks", "told"),
    [
        ('"09:00-14:00", "18:00-21:00"', '"11:00-11:15", "20:00-20:10"', None),
        ('"22:00-06:00"', '"02:00-02:30"', "template 'Odd', monday: the break 02:00-02:30 lies in no shift of the day"),
        ('"09:00-14:00", "13:00-17:00"', '"11:00-11:15"', "the shifts 09:00-14:00 and 13:00-17:00 overlap"),
        ('"09:00-14:00"', '"15:00-15:30"', "the break 15:00-15:30 lies in no shift of the day"),
    ],
)
def test_what_is_hardly_meant_is_a_warning(shifts: str, breaks: str, told: str | None) -> None:
    """Shifts that overlap and a break outside all shifts load, and are told; a break in what ran over midnight is none."""
    warnings = Scenario.parse(TEMPLATE.replace("SHIFTS", shifts).replace("BREAKS", breaks)).warnings
    assert warnings == () if told is None else told in warnings[0]
    assert not any("tuesday" in warning for warning in warnings if shifts.startswith('"22'))
