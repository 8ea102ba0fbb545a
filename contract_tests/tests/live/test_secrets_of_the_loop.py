"""No key, in no spelling, in any file, log or output of the commands that work on a live account."""

import json
import sys
from pathlib import Path
from urllib.parse import quote

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadsquared_slots.contract_tests.cli.main import main as lsq_contract
from leadsquared_slots.contract_tests.mutants.registry import Ask, Reply, Server
from leadsquared_slots.contract_tests.mutants.serving import as_wsgi, served
from leadsquared_slots.mock_server import Settings, create_app
from leadsquared_slots.mock_server.cli.main import command as lsq_mock
from leadsquared_slots.mock_server.recording.har import har_entry_text
from leadsquared_slots.mock_server.recording.recorded import Recorder
from leadsquared_slots.mock_server.tests.support.examples import examples
from leadsquared_slots.mock_server.tests.support.recordings import ACCESS, SECRET, leaks, spellings

from ..support.proxying import ENDPOINT, QUESTION, call, keys_in_headers, recording
from ..support.serving import on_a_socket


def tells_all(ask: Ask, server: Server) -> Reply:
    """A server that writes the keys in every spelling into every error and into headers, and sets them as cookies."""
    reply = server(ask)
    story = " ".join(spellings(ACCESS) + spellings(SECRET))
    error = reply.error
    told = reply.saying(error | {"ExceptionMessage": f"{ask.path} {dict(ask.headers)} {story}"}) if error else reply
    return told.having("X-Debug", story).having("Set-Cookie", f"key={SECRET}").having("Server", f"IIS {ACCESS}")


def run(command: click.Command, *words: str) -> str:
    """What a command prints, with the keys in its environment."""
    done = CliRunner().invoke(command, words, env={"LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.output


@pytest.mark.whole
def test_no_artefact_of_the_loop_holds_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded, judged, calibrated, compared, made a scenario and evidence: every file and every output is scanned."""
    app = served(create_app(Settings(access_key=ACCESS, secret_key=SECRET)))
    har, printed = tmp_path / "a.har", []
    monkeypatch.chdir(tmp_path)
    query = f"?accessKey={quote(ACCESS)}&secretKey={SECRET}"
    with on_a_socket(as_wsgi(lambda ask: tells_all(ask, app))) as upstream:
        with recording(upstream, har, LSQ_ACCESS_KEY=ACCESS, LSQ_SECRET_KEY=SECRET) as (url, _):
            for flag in (False, True):
                assert call(url + ENDPOINT + query, payload={**QUESTION, "IncludeAllowedConflictSlots": flag})[0] == 200
            call(url + ENDPOINT + query, payload={**QUESTION, "FromDate": SECRET})
            call(
                f"{url}{ENDPOINT}?secretKey={SECRET}",
                payload=QUESTION,
                headers={"x-LSQ-AccessKey": ACCESS, "Authorization": f"Basic {ACCESS}"},
            )
            call(
                url + ENDPOINT, payload={**QUESTION, "Note": f"secretKey={SECRET}"}, headers={**keys_in_headers(), "Cookie": f"k={SECRET}"}
            )
            call(f"{url}/v2/Task.svc/Create{query}", payload={"AccessKey": ACCESS})
        users = ["--user", "Zoo@example.com", "--rate", "1000/1s"]
        few = ["--only", "answer.users-order", "--only", "auth.half-keys"]
        printed.append(run(lsq_contract, "check", upstream, *users, *few, "--evidence", "e.json", "--json", "r.json", "--html", "r.html"))
        printed.append(run(lsq_contract, "calibrate", upstream, *users, "--output", "ours.toml"))
    printed.append(run(lsq_contract, "judge", "a.har", "--json", "j.json", "--junit", "j.xml", "--html", "j.html"))
    printed.append(run(lsq_contract, "calibrate", "a.har", "--output", "recorded.toml"))
    printed.append(run(lsq_contract, "drift", "a.har", "a.har", "--json", "d.json"))
    printed.append(run(lsq_contract, "drift", "r.json", "r.json"))
    printed.append(run(lsq_mock, "scenarios", "--from", "a.har"))
    printed.append(run(lsq_contract, "conduct", "a.har"))
    tells = "import os, sys; print(dict(os.environ), sys.stdin.read(), file=sys.stderr); sys.exit(3)"
    printed.append(run(lsq_contract, "consumer", "--only", "plain", "--json", "c.json", "--", sys.executable, "-c", tells))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [
        "a.har",
        "a.txt",
        "c.json",
        "d.json",
        "e.json",
        "j.html",
        "j.json",
        "j.xml",
        "ours.toml",
        "r.html",
        "r.json",
        "recorded.toml",
    ]
    found = {path.name: leaks(path.read_bytes()) for path in tmp_path.iterdir()}
    assert {name: leaked for name, leaked in found.items() if leaked} == {}
    assert [leaks(text) for text in printed] == [[]] * len(printed)
    assert len(json.loads(har.read_text("utf-8"))["log"]["entries"]) == 5


HOSTILE = st.fixed_dictionaries(
    {
        "place": st.sampled_from(["query", "headers", "split", "other-split", "cookie", "authorization", "path", "body"]),
        "spelling": st.integers(0, len(spellings(ACCESS)) - 1),
        "echo": st.sampled_from(["body", "header", "both"]),
    }
)


@pytest.mark.whole
@pytest.mark.parametrize("flags", [(), ("--pseudonyms",)])
@settings(max_examples=examples(50), deadline=None, suppress_health_check=list(HealthCheck))
@given(traffic=st.lists(HOSTILE, min_size=1, max_size=4))
def test_generated_traffic_leaves_no_key(flags: tuple[str, ...], traffic: list[dict[str, object]]) -> None:
    """Keys anywhere in requests, in any spelling, echoed by the server: the file, which the other commands read, has none."""
    recorder = Recorder(known=(ACCESS, SECRET), pseudonyms=bool(flags))
    for each in traffic:
        access, secret = (spellings(key)[int(str(each["spelling"]))] for key in (ACCESS, SECRET))
        query = {
            "query": f"accessKey={quote(ACCESS)}&secretKey={SECRET}",
            "split": f"accessKey={quote(ACCESS)}",
            "other-split": f"secretKey={SECRET}",
        }
        headers = {
            "headers": keys_in_headers(),
            "split": {"x-LSQ-SecretKey": SECRET},
            "other-split": {"x-LSQ-AccessKey": ACCESS},
            "cookie": {"Cookie": f"a={access}; b={secret}"},
            "authorization": {"Authorization": f"Bearer {secret}"},
        }
        place = str(each["place"])
        told = f"{access} {secret}"
        exchange = recorder.record(
            at=0.0, seconds=0.0, method="POST",
            url=f"https://host{ENDPOINT}{'/' + quote(secret) if place == 'path' else ''}?{query.get(place, '')}",
            headers=headers.get(place, {}).items(), body=told.encode() if place == "body" else b"{}", status=400,
            reply_headers=(("Server", told), ("X-Echo", told)) if each["echo"] != "body" else (),
            reply_body=json.dumps({"ExceptionMessage": told}).encode() if each["echo"] != "header" else b"",
        )  # fmt: skip
        assert leaks(har_entry_text(exchange)) == []
