"""The conduct that recordings show: one caller for each pair of keys in a file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from zlib import crc32

from leadsquared_slots.mock_server.conduct import Call, Conduct, judge_calls
from leadsquared_slots.mock_server.recording.reading import read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.vendor.seen import read_asked, read_said


def conduct_of_files(paths: Iterable[Path]) -> Mapping[str, Conduct]:
    """The conduct of every caller in recordings, by file and keys. Raises BadRecording."""
    found: dict[str, list[Call]] = {}
    for path in paths:
        for recorded in read_recording(path):
            keys = ", ".join(recorded.keys) or "no keys"
            found.setdefault(f"{path.name} ({keys})", []).append(call_of_recorded(recorded))
    return {name: judge_calls(calls) for name, calls in found.items()}


def call_of_recorded(recorded: Recorded) -> Call:
    """The call of a recorded exchange."""
    names = {name.lower() for name, _ in recorded.query}
    places = (("query",) if names & {"accesskey", "secretkey"} else ()) + (("headers",) if recorded.header("x-lsq-accesskey") else ())
    media_type = _media_type(recorded.reply_header("content-type"))
    # A status of 0 is how a HAR says that there was no reply.
    arrived = recorded.status > 0
    return Call(
        number=recorded.number,
        at=recorded.at,
        arrived=recorded.at,
        delivered=recorded.at + recorded.seconds,
        method=recorded.method,
        path=recorded.path,
        media_type=_media_type(recorded.header("content-type")),
        is_slots=recorded.is_endpoint,
        keys_in=places,
        asked=read_asked(recorded.body),
        status=recorded.status,
        said=read_said(recorded.status, media_type, recorded.reply_body, is_whole=arrived, is_cut=not recorded.is_whole),
        key=(recorded.method, recorded.path, places, recorded.body),
        digest=(len(recorded.reply_body), crc32(recorded.reply_body)),
        is_fault=False,
        rules=(),
    )


def _media_type(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()
