"""Every mistake in a scenario file is refused with its line, what was received, and what to write instead."""

import pytest
from leadsquared_slots.mock_server import Scenario
from leadsquared_slots.mock_server.accounts.scenario_errors import ScenarioError

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
