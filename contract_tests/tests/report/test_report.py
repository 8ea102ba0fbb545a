"""What a run found is said truly and readably, in the terminal and in every kind of file."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from leadsquared_slots.contract_tests.report.files import FORMATS, Redactor, Terminal, as_html, as_json, as_junit, write_report
from leadsquared_slots.contract_tests.run.results import Report, RuleResult, Verdict
from leadsquared_slots.mock_server.contract.documents import SCHEMAS, ledger
from leadsquared_slots.mock_server.contract.ledger import Grade

from ..support.report_example import plan, report

pytestmark = [pytest.mark.whole, pytest.mark.wheel]

NOTHING = Redactor([])


def in_terminal(shown: Report, *, quiet: bool = False, color: bool = False) -> str:
    """What the terminal shows of a whole run."""
    stream = io.StringIO()
    terminal = Terminal(NOTHING, stream=stream, color=color, quiet=quiet)
    terminal.planned(shown.plan)
    terminal.check_started("slots_ascend")
    terminal.called(3)
    terminal.waiting(4.0, "throttle")
    terminal.check_finished(shown.checks[0])
    terminal.finished(shown)
    return stream.getvalue()


def test_the_terminal_shows_plan_rules_failures_and_sum() -> None:
    """Everything that a colleague needs stands there: rule, grade, source, received, documented, curl, seed, replay."""
    text = in_terminal(report())
    for part in (
        "at most 200 calls",
        "needs --allow-burst",
        "25 calls pass in 5.0 s",
        "Received",
        "Documented",
        "inferred, severe;",
    ):
        assert part in text
    assert "curl -X POST 'http://127.0.0.1:1/v2' -H \"x-LSQ-AccessKey: $LSQ_ACCESS_KEY\"" in text
    assert "lsq-contract check http://127.0.0.1:1 --seed 7 --only slots.sorted" in text
    assert re.search(
        r"The contract is broken \(\d+ of \d+ rules looked at\): \d+ passed, 1 failed, 1 finding, 1 not run, 1 not applicable; 118 calls",
        text,
    )
    for rule in ledger():
        assert rule in text


def test_failures_come_before_findings_and_each_says_which_it_is() -> None:
    """What makes the run fail stands first."""
    shown = report()
    (check,) = shown.checks
    shown = replace(shown, checks=(replace(check, failures=check.failures[::-1]),))
    assert re.findall(r"^\d\. . (\w+): Slots", in_terminal(shown), re.MULTILINE) == ["failed", "finding"]
    assert re.findall(r"\d\. <span class=\"tone\">(\w+)</span>: Slots", as_html(shown)) == ["failed", "finding"]


def test_a_curl_line_stays_one_line() -> None:
    """A line that is broken for the width of the terminal could not be pasted."""
    (line, *_) = [line for line in in_terminal(report()).splitlines() if "curl -X POST" in line]
    assert line.endswith('-d \'{"FromDate": "2026-01-01"}\'')


def test_a_target_cannot_steer_the_terminal() -> None:
    """Control sequences in a reply are printed, not obeyed."""
    text = in_terminal(report(received="\x1b]0;owned\x07\x1b[2J"))
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_quiet_shows_failures_and_the_sum_only() -> None:
    """--quiet leaves out the plan and the table."""
    text = in_terminal(report(), quiet=True)
    assert "Reproduce" in text
    assert "The contract is broken" in text
    assert "at most 200 calls" not in text
    assert "answer.shape" not in text


@pytest.mark.parametrize("force", ["1", ""])
def test_no_color_sends_no_control_sequence(force: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """--no-color means plain text, also where the environment asks for colours."""
    monkeypatch.setenv("FORCE_COLOR", force)
    assert "\x1b" not in in_terminal(report())


def test_the_bar_is_drawn_in_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets the bar and colours; a pipe gets neither."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in in_terminal(report(), color=True)
    monkeypatch.delenv("FORCE_COLOR")
    assert "\x1b" not in in_terminal(report(), color=True)


def test_json_fits_its_schema() -> None:
    """The JSON report is valid under schemas/report.schema.json and repeats the facts."""
    schema = json.loads((SCHEMAS / "report.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(as_json(report()))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    assert document["exitCode"] == 1
    assert document["summary"]["failed"] == 1
    assert [rule["id"] for rule in document["rules"]] == list(ledger())
    assert document["failures"][0]["replay"].startswith("lsq-contract check")


def test_junit_names_rules_and_tells_the_verdicts_apart() -> None:
    """One test case for each rule; failed, not run, not applicable and finding all look different."""
    suites = ElementTree.fromstring(as_junit(report()))  # noqa: S314 - our own text
    cases = {str(case.get("name")): case for case in suites.iter("testcase")}
    assert list(cases) == list(ledger())
    assert [(suite.get("failures"), suite.get("skipped")) for suite in suites.iter("testsuite")] == [("1", "2")]
    assert "Received:" in "".join(cases["slots.sorted"].itertext())
    messages = {name: [(part.tag, part.get("message", "")) for part in case] for name, case in cases.items()}
    assert messages["slots.sorted"] == [("failure", "Slots <b>overlap</b> & do not ascend \\u0007")]
    assert messages["limit.number"] == [("skipped", "not run: needs --allow-burst")]
    assert messages["auth.key-form"] == [("skipped", "not applicable: The form of a key is no behaviour of the server.")]
    assert messages["busy.sorted-by-end"] == [("system-out", "")]
    assert "".join(cases["busy.sorted-by-end"].itertext()).lstrip().startswith("finding (unknown rule)")
    assert messages["answer.shape"] == []


class Page(HTMLParser):
    """Collects what a browser would fetch, and the ids and labels of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        self.fetched += [found[name] for name in ("src", "srcset", "data", "action") if name in found]
        self.fetched += [found["href"]] if tag == "link" else []


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    """The page is complete in itself: no address is loaded, no script runs, and a policy says so to the browser."""
    text = as_html(report())
    page = Page(text)
    assert page.fetched == []
    assert "script" not in page.tags
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_the_page_can_be_walked_through() -> None:
    """Ids are unique, links lead to them, the language and the width are declared, and both colour schemes exist."""
    text = as_html(report())
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert page.links
    assert '<html lang="en">' in text
    assert "width=device-width" in text
    assert "prefers-color-scheme: dark" in text


def test_the_page_says_all_and_quotes_what_the_target_sent() -> None:
    """Every rule stands on the page, and text of the target is text, never markup."""
    text = as_html(report(received="<script>alert(1)</script>"))
    assert all(f"<code>{rule}</code>" in text for rule in ledger())
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "$LSQ_ACCESS_KEY" in text
    assert "25 calls pass in 5.0 s" in text


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_report_is_written_into_new_folders(kind: str, tmp_path: Path) -> None:
    """A path may lie in a folder that does not exist yet; the file is what the format gives."""
    path = tmp_path / "new" / f"report.{kind}"
    write_report(report(), path, kind, NOTHING)
    assert path.read_text("utf-8") == FORMATS[kind](report())


def test_the_plan_names_what_was_left_out() -> None:
    """Before anything is sent, the terminal says what will not be looked at, and why."""
    stream = io.StringIO()
    Terminal(NOTHING, stream=stream).planned(plan())
    assert "Left out  1 × not run: needs --allow-burst" in stream.getvalue()
    assert "and 1 more" in stream.getvalue()


def with_causes() -> Report:
    """A report of five failures of two causes: one reply shows three, one more is the same on another date, and one stands apart."""
    shown = report()
    (check,) = shown.checks
    failure = replace(check.failures[0], request="POST /v2 {}", received="status 422", curl="curl -X POST /v2")
    others = [replace(failure, rule=rule, title=f"About {rule}") for rule in ("request.json", "error.envelope")]
    again = replace(failure, rule="slots.maximal", request="POST /v2 {2}", received="status 418", curl="curl -X POST /v4")
    apart = replace(failure, rule="limit.reopens", title="Shut for ever", request="POST /v2 {1}", curl="curl -X POST /v3")
    found = (failure, *others, again, apart)
    rules = [RuleResult(rule=ledger()[each.rule], grade=Grade.DOCUMENTED, verdict=Verdict.FAILED, failures=(each,)) for each in found]
    strict = replace(shown.plan, strict=True)
    return replace(shown, plan=strict, rules=tuple(rules), checks=(replace(check, failures=found),))


def test_failures_of_one_cause_are_told_once() -> None:
    """One reply that breaks three rules is one entry, which names them and shows the request once; so is what is wrong in one way."""
    text = in_terminal(with_causes(), quiet=True)
    assert re.findall(r"^(\d+)\. ", text, re.MULTILINE) == ["1", "2"]
    assert text.count("curl -X POST /v2") == 1
    words = " ".join(text.split())
    for rule in ("request.json", "error.envelope"):
        assert f"rule {rule}, seen by slots_ascend; About {rule}" in words
    assert "rule slots.maximal, seen by slots_ascend; received: status 418" in words


def test_files_say_which_failures_have_one_cause() -> None:
    """By a number in JSON, by the rule that is told first in JUnit."""
    assert [failure["cause"] for failure in json.loads(as_json(with_causes()))["failures"]] == [1, 1, 1, 1, 2]
    messages = re.findall(r'<failure message="([^"]*)"', as_junit(with_causes()))
    assert ["(one cause with slots.sorted)" in message for message in messages] == [False, True, True, True, False]


@pytest.mark.parametrize("columns", [None, 80, 132])
def test_a_report_in_a_pipe_is_wrapped_between_words(columns: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 100 columns, or as many as COLUMNS says; only what is to be pasted is longer."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", str(columns))
    text = in_terminal(report())
    for line in text.splitlines():
        assert len(line.rstrip()) <= (columns or 100) or re.match(r"\s+(Reproduce|Replay|curl)|The contract", line), line
    for failure in report().failures:
        for word in (failure.received + " " + failure.documented).split():
            assert word in text
