"""Proxies and runners that hold real traffic to the served document."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from leadsquared_slots.mock_server import MockServer

from .conftest import ROOT, Tool, environment, fetched

PARSED_BY_THE_PROXY = ("broken-json", "keys-come-before-the-body")
"""Checks that send what is no JSON: Prism refuses it itself, whatever it is told, and nothing reaches the server."""


@contextmanager
def prism(document: Path, upstream: str, log: Path) -> Iterator[str]:
    """Prism as a proxy that compares every answer with the document; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = ["prism", "proxy", str(document), upstream, f"--port={port}", "--validate-request=false"]
    with log.open("wb") as file:
        process = subprocess.Popen(words, env=environment(), stdout=file, stderr=file, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while "is listening" not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def test_prism_between_the_kit_and_the_emulator_reports_nothing(server: MockServer, tool: Tool, tmp_path: Path) -> None:
    """Every answer that the kit gets, accepted or refused, is as documented; and the kit finds the emulator behind it faithful."""
    log = tmp_path / "prism.log"
    report = tmp_path / "report.json"
    with prism(fetched(server, "openapi.json", tmp_path / "openapi.json"), server.base_url, log) as url:
        command = [ROOT / ".venv" / "bin" / "lsq-contract", "check", url, "--rate", "1000/1s", "--no-color", "--quiet"]
        skipped = [word for check in PARSED_BY_THE_PROXY for word in ("--skip", check)]
        tool(*command, "--user", "free@example.com", "--user", "two-shifts@example.com", *skipped, "--json", report)
    told = log.read_text("utf-8")
    assert told.count("Received forward response") > 100
    assert "Violation: response" not in told
    assert json.loads(report.read_text("utf-8"))["failures"] == []


def test_prism_sees_what_is_not_as_documented(tool: Tool, tmp_path: Path) -> None:
    """The same proxy in front of a server that lost a member: it is told, so its silence means something."""
    with (
        MockServer(rate_limit=None) as broken,
        prism(fetched(broken, "openapi.json", tmp_path / "openapi.json"), broken.base_url, tmp_path / "prism.log") as url,
    ):
        body = json.dumps({"kind": "status", "status": 400, "body": '{"Status": "Error"}'}).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{broken.base_url}/__admin/faults", body, {"Content-Type": "application/json"}), timeout=10
        ):
            pass
        path = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress?accessKey=AccessKey&secretKey=SecretKey"
        request = urllib.request.Request(url + path, b'{"FromDate":"2026-03-02"}', {"Content-Type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        refused.value.close()
        assert "ExceptionType" in refused.value.headers["sl-violations"]


def test_dredd_finds_every_status_as_documented(server: MockServer, tool: Tool, tmp_path: Path) -> None:
    """It sends one request to every status that it finds, so it reads a document for each; none of hooks, options or edits."""
    documents = [f"{server.base_url}/__admin/openapi.json?version=3.0&status={status}" for status in (200, 400, 401, 404, 429, 500)]
    others = [word for document in documents[1:] for word in ("--path", document)]
    done = tool("dredd", documents[0], server.base_url, *others, "--loglevel", "error", cwd=tmp_path)
    assert re.search(r"6 passing, 0 failing, 0 errors, 0 skipped, 6 total", done.stdout), done.stdout


def test_openapi_core_accepts_every_request_and_every_answer(document: Path, tool: Tool) -> None:
    """Middleware of Python: 200, 400, 401 and 429, with keys and without; a member less is a problem."""
    code = """
import json, os, sys
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
whole = OpenAPI.from_file_path(sys.argv[1])
url = json.load(open(sys.argv[1]))['servers'][0]['url'] + '/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress'
keys = {'x-LSQ-AccessKey': 'AccessKey', 'x-LSQ-SecretKey': 'SecretKey'}
def sent(last='2026-03-02', **headers):
    body = {'FromDate': '2026-03-02', 'ToDate': last, 'Users': ['free@example.com', 'holiday@example.com', 'no-template@example.com']}
    request = requests.Request('POST', url, headers=headers, json=body)
    return request, requests.Session().send(request.prepare(), timeout=10)
def judged(request, reply):
    whole.unmarshal_response(RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(reply)).raise_for_errors()
statuses = []
for request, reply in (sent(**keys), sent('2026-03-01', **keys), sent(), sent(**keys, Prefer='code=429')):
    whole.unmarshal_request(RequestsOpenAPIRequest(request)).raise_for_errors()
    judged(request, reply)
    statuses.append(reply.status_code)
reply._content = b'{"Status": "Error"}'
try:
    judged(request, reply)
except Exception as found:
    statuses.append(type(found).__name__)
print(statuses)
"""
    assert tool("python", "-c", code, document).stdout == "[200, 400, 401, 429, 'InvalidData']\n"


def test_newman_runs_the_collection_made_of_the_document(document: Path, tool: Tool, tmp_path: Path) -> None:
    """By Postman's own converter and nothing else: both keys are sent, and the example's answer comes; with a wrong key none does."""
    collection = tmp_path / "slots.json"
    tool("openapi2postmanv2", "-s", document, "-o", collection, "-O", "parametersResolution=Example", cwd=tmp_path)
    assert "[200 OK" in tool("newman", "run", collection, cwd=tmp_path).stdout
    collection.write_text(collection.read_text("utf-8").replace('"SecretKey"', '"wrong"'), "utf-8")
    assert "[401 Unauthorized" in tool("newman", "run", collection, cwd=tmp_path).stdout


def test_specmatic_finds_every_example_answered_as_documented(server: MockServer, tool: Tool, tmp_path: Path) -> None:
    """Each request example gets the status under whose answers its name stands; and it has nothing to say about the document."""
    document = fetched(server, "openapi.json", tmp_path / "openapi.json")
    said = tool("specmatic", "test", document, f"--testBaseURL={server.base_url}", cwd=tmp_path).stdout
    assert "Tests run: 10, Successes: 10, Failures: 0, WIP: 0, Errors: 0" in said
    assert not re.search(r"\bOAS[0-9]{4}\b|[Ww]arning", said), said


def test_the_workflow_that_step_ci_makes_of_the_document_passes(server: MockServer, tool: Tool, tmp_path: Path) -> None:
    """Unchanged: status, schema and the example's answer member for member; with a day that another server gives, it fails."""
    document = fetched(server, "openapi.json", tmp_path / "openapi.json")
    workflow = tmp_path / "workflow.yml"
    tool("stepci", "generate", document, workflow, cwd=tmp_path)
    assert "Workflow passed" in tool("stepci", "run", workflow, cwd=tmp_path).stdout
    workflow.write_text(re.sub('EndTime: "[0-9:]+"', 'EndTime: "00:00:01"', workflow.read_text("utf-8"), count=1), "utf-8")
    assert "1 failed" in tool("stepci", "run", workflow, cwd=tmp_path, status=5).stdout
