"""Cassettes of vcrpy in both forms, and what is none."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.contract_tests.traffic.cassettes import BadRecording, read_any
from leadsquared_slots.mock_server.recording.recorded import Recorded

from ..support.live_account import as_yaml, cassette, checked, recorded

PLAIN: dict[str, Any] = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "POST", "uri": "https://host/v2/x?accessKey=abcdefgh&secretKey=ijklmnop", "body": "abcdefgh"},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Date": ["Mon, 02 Mar 2026 06:00:00 GMT"]},
                "body": {"string": "{}"},
            },
        }
    ],
}


def test_both_forms_are_read_alike(tmp_path: Path) -> None:
    """The same exchanges from YAML and JSON, whose keys are gone."""
    for name, text in (("a.yaml", as_yaml(PLAIN)), ("a.json", json.dumps(PLAIN))):
        (tmp_path / name).write_text(text, "utf-8")
    one, other = ([*read_any(tmp_path / name)] for name in ("a.yaml", "a.json"))
    assert one == other
    assert one[0].full_url == "https://host/v2/x?accessKey=key-1&secretKey=key-2"
    assert one[0].body == b"key-1"
    assert one[0].at == 1_772_431_200.0


@pytest.mark.whole
def test_what_the_kit_recorded_comes_back(tmp_path: Path) -> None:
    """Requests and replies survive the foreign form."""
    kept = recorded(checked(examples=1)[2])[:40]
    path = tmp_path / "a.yaml"
    path.write_text(as_yaml(cassette(kept)), "utf-8")
    assert list(map(parts, read_any(path))) == list(map(parts, kept))


def parts(exchange: Recorded) -> tuple[object, ...]:
    """What a cassette keeps of an exchange; its headers have no order."""
    headers = sorted(exchange.headers), sorted(exchange.reply_headers)
    return exchange.method, exchange.full_url, exchange.body, exchange.status, exchange.reply_body, headers


def test_a_compressed_body_is_undone(tmp_path: Path) -> None:
    """Vcrpy keeps what came over the wire unless it is told otherwise."""
    document = json.loads(json.dumps(PLAIN))
    response = document["interactions"][0]["response"]
    response["headers"]["Content-Encoding"], response["body"]["string"] = ["gzip"], gzip.compress(b'{"RecordCount": 0}')
    path = tmp_path / "a.yaml"
    path.write_text(as_yaml(document), "utf-8")
    assert next(read_any(path)).reply_body == b'{"RecordCount": 0}'


@pytest.mark.parametrize(
    "text",
    [
        "interactions:\n- request: 3\n",
        "interactions: 3\n",
        "interactions: [\n",
        '{"interactions": [{}]}',
        "interactions: !!python/object:os.x {}",
    ],
)
def test_what_is_no_cassette_is_refused(text: str, tmp_path: Path) -> None:
    """With the file's name, and nothing is executed."""
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadRecording, match=r"bad\.yaml"):
        list(read_any(path))
