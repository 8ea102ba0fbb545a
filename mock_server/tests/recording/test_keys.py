"""No key gets into a recording, in no spelling, wherever it stood."""

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.recording.har import har_entry_text
from leadsquared_slots.mock_server.recording.recorded import KeyInRecording, Recorded, Recorder
from leadsquared_slots.mock_server.vendor.seen_request import ENDPOINT

from ..support.recordings import ACCESS, HOST, SECRET, leaks, spellings

PLAIN: dict[str, Any] = {
    "number": 1, "at": 0.0, "seconds": 0.0, "method": "POST", "url": HOST + ENDPOINT, "query": (), "headers": (), "body": b"",
    "status": 200, "reply_headers": (), "reply_body": b"",
}  # fmt: skip


@pytest.mark.parametrize(
    "place",
    [
        {"query": (("accessKey", SECRET),)},
        {"query": (("acessKy", SECRET),)},
        {"headers": (("x-LSQ-SecretKey", SECRET),)},
        {"headers": (("Cookie", "session=1"),)},
        {"headers": (("Authorization", "Basic dTpw"),)},
        {"reply_headers": (("Set-Cookie", "session=1"),)},
        {"headers": (("X-Debug", "anything"),)},
        {"url": HOST + ENDPOINT + "?accessKey=" + SECRET},
        {"url": f"https://user:{SECRET}@host/v2"},
    ],
    ids=lambda place: str(next(iter(place))),
)
def test_the_type_refuses_what_a_recording_must_not_hold(place: dict[str, Any]) -> None:
    """A value in the place of a key is no recorded exchange, whoever makes one; the error does not repeat it."""
    with pytest.raises(KeyInRecording) as refused:
        Recorded(**{**PLAIN, **place})
    assert leaks(str(refused.value)) == []
    assert Recorded(**{**PLAIN, "query": (("accessKey", "key-1"),)}).keys == ("key-1",)


def recorded(url: str = HOST + ENDPOINT, body: bytes = b"", reply: bytes = b"{}", headers: tuple[tuple[str, str], ...] = ()) -> Recorded:
    """An exchange through a recorder that knows nothing."""
    return Recorder().record(
        at=0.0, seconds=0.0, method="POST", url=url, headers=headers, body=body, status=200,
        reply_headers=(("Location", url), ("X-Echo", url), ("Set-Cookie", f"a={SECRET}")), reply_body=reply,
    )  # fmt: skip


BODIES = st.sampled_from([spelling for pair in zip(spellings(ACCESS), spellings(SECRET), strict=True) for spelling in pair])


@given(st.lists(BODIES, min_size=1, max_size=6), st.booleans(), st.booleans(), st.text(max_size=20))
def test_no_spelling_of_a_key_is_recorded(echoed: list[str], in_query: bool, split: bool, around: str) -> None:
    """Keys in the query, the headers, or one in each; and echoed in any spelling in bodies, paths and other headers."""
    access, secret = {"accessKey": ACCESS}, {"x-LSQ-SecretKey": SECRET}
    in_the_query = {**access, "secretKey": SECRET} if in_query else access if split else {}
    in_headers = {} if in_query else secret if split else {"x-LSQ-AccessKey": ACCESS, **secret}
    story = around.join(echoed)
    url = HOST + ENDPOINT + "?" + "&".join(f"{name}={value.replace('$', '%24')}" for name, value in in_the_query.items())
    exchange = recorded(
        url=url, body=story.encode("utf-8", "surrogatepass"), reply=json.dumps({"ExceptionMessage": story}).encode(),
        headers=(*in_headers.items(), ("User-Agent", story.encode("ascii", "ignore").decode())),
    )  # fmt: skip
    assert leaks(har_entry_text(exchange)) == []
    assert [name for name, _ in exchange.query] == list(in_the_query)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=8, max_size=40), st.binary(max_size=9))
def test_a_key_in_base64_is_found_at_every_place(key: str, before: bytes) -> None:
    """Base64 has three forms of a text, one for each number of bytes before it."""
    text = base64.b64encode(before + key.encode() + b"!").decode()
    exchange = recorded(headers=(("x-LSQ-SecretKey", key),), reply=text.encode())
    parts = re.split("key-[0-9]+", exchange.reply_body.decode())
    assert len(parts) > 1
    assert all(key.encode() not in base64.b64decode(part[: len(part) // 4 * 4]) for part in parts)


def test_equal_keys_have_equal_names() -> None:
    """key-1, key-2, …: equal for equal keys of a recording, wherever they stand; place and name of a key stay."""
    recorder = Recorder()

    def sent(query: str, **headers: str) -> Recorded:
        return recorder.record(
            at=0.0, seconds=0.0, method="POST", url=f"{HOST}{ENDPOINT}?{query}", headers=headers.items(), body=b"", status=200,
            reply_headers=(), reply_body=b"",
        )  # fmt: skip

    assert sent("accessKey=aaaaaaaa&secretKey=bbbbbbbb").query == (("accessKey", "key-1"), ("secretKey", "key-2"))
    assert sent("accessKey=aaaaaaaa&secretKey=cccccccc").query == (("accessKey", "key-1"), ("secretKey", "key-3"))
    assert sent("", **{"x-LSQ-AccessKey": "bbbbbbbb"}).headers == (("x-LSQ-AccessKey", "key-2"),)
    assert sent("userId=7&misspelt=bbbbbbbb").query == (("userId", "7"), ("misspelt", "key-2"))


def test_what_looks_like_a_key_is_none_of_the_recording() -> None:
    """A key that never stood in its place: called a key in a body, or in the form of one."""
    body = f'{{"accessKey": "{ACCESS}", "Note": "secretKey={SECRET}", "Other": "{SECRET[::-1]}"}}'
    exchange = recorded(body=body.encode(), reply=b'{"RecordCount": 0, "List": []}')
    assert leaks(exchange.body, ACCESS, SECRET, SECRET[::-1]) == []
    assert json.loads(exchange.body)["accessKey"].startswith("key-")
    assert exchange.reply_body == b'{"RecordCount": 0, "List": []}'


def test_the_keys_of_the_vendors_page_are_no_secret_in_bodies() -> None:
    """`AccessKey` is a word of the contract: in the place of a key it is named, in a text it stays."""
    exchange = recorded(url=HOST + ENDPOINT + "?accessKey=AccessKey", reply=b"AccessKey is wrong")
    assert exchange.query == (("accessKey", "key-1"),)
    assert exchange.reply_body == b"AccessKey is wrong"


@pytest.mark.whole
def test_many_keys_cost_little_and_each_is_found_in_its_own_reply() -> None:
    """A recording in which every call has other keys, as one with cookies that change: only the last thousand are looked for."""
    recorder = Recorder()
    for number in range(600):
        access, secret = f"u$r{number:032x}", f"{number:040x}"
        exchange = recorder.record(
            at=0.0, seconds=0.0, method="POST", url=f"{HOST}{ENDPOINT}?accessKey={access}&secretKey={secret}", headers=(), body=b"",
            status=200, reply_headers=(), reply_body=f"{access} is not {secret}".encode(),
        )  # fmt: skip
        assert leaks(har_entry_text(exchange), access, secret) == []
    assert exchange.reply_body == b"key-1199 is not key-1200"
