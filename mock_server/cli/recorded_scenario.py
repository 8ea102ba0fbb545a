"""`lsq-mock scenarios --from`: a scenario made of a recording, and asked every recorded question before it is printed."""

import json
from collections.abc import Iterator
from pathlib import Path

from leadsquared_slots.mock_server.accounts.scenario import Scenario
from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.errors import DomainError
from leadsquared_slots.mock_server.exchanges.message import split_credentials
from leadsquared_slots.mock_server.recording.collected import words_of
from leadsquared_slots.mock_server.recording.reading import BadRecording, CutShort, read_recording
from leadsquared_slots.mock_server.recording.recorded import Recorded
from leadsquared_slots.mock_server.recording.scenario_document import scenario_of
from leadsquared_slots.mock_server.recording.toml_text import to_toml
from leadsquared_slots.mock_server.service import ENDPOINT, Emulator
from leadsquared_slots.mock_server.vendor.seen_answer import read_answer
from leadsquared_slots.mock_server.vendor.seen_request import read_asked


class BadSource(DomainError):
    """A recording of which no scenario can be made; the text names the exchanges."""


def scenario_text(path: Path) -> str:
    """The scenario of a recording as TOML; what was chosen stands above it. Raises BadSource."""
    notes: list[str] = []
    try:
        made = scenario_of(_exchanges(path, notes), title=f"Recorded: {path.name}")
        above = [f"Made of {path.name}; its answers on the recorded dates are the recorded ones.", *notes, *made.chosen]
        text = to_toml(made.document, above)
        unseen = _check(Scenario.parse(text, source=path.name), path)
    except BadRecording as error:
        message = str(error)
        raise BadSource(message if message.startswith(str(path)) else f"{path}: {message}") from None
    # A page names users of whom another page, which was not recorded, would say more.
    note = f"{unseen} pages name users of whom no answer is recorded: RecordCount is another one there."
    return to_toml(made.document, [*above, note]) if unseen else text


def _exchanges(path: Path, notes: list[str]) -> Iterator[Recorded]:
    try:
        yield from read_recording(path)
    except CutShort as error:
        notes.append(f"{error}; what stands before was read")


def _check(scenario: Scenario, path: Path) -> int:
    """Every recorded question is asked: the answer is the recorded one. How many could not be compared. Raises BadSource."""
    known, unseen = {user.address.lower() for user in scenario.users}, 0
    emulator = Emulator(Settings(scenario=scenario, rate_limit=None))
    keys = {"x-lsq-accesskey": emulator.settings.access_key, "x-lsq-secretkey": emulator.settings.secret_key}
    for exchange in _exchanges(path, []):
        if not (exchange.is_endpoint and exchange.is_whole and exchange.status == 200 and read_answer(exchange.reply_body)):
            continue
        asked = read_asked(exchange.body, exchange.header("content-type"))
        if asked.page is not None and not known.issuperset(asked.distinct):
            unseen += 1
            continue
        headers = {"content-type": exchange.header("content-type") or "application/json", **keys}
        reply, _ = emulator.answer(*split_credentials("POST", ENDPOINT, "", headers, exchange.body))
        if json.loads(reply.body) != json.loads(exchange.reply_body):
            raise BadSource(
                f"{path}: {words_of(exchange)} is answered otherwise by a calendar that fits the rest: no scenario says both. "
                "Leave it out, or record again"
            )
    return unseen
