"""The profile that a recording shows: every exchange is looked at once, and what it says for or against an answer is kept."""

from collections.abc import Mapping
from typing import Any

from leadsquared_slots.mock_server.domain.profile import QUESTIONS
from leadsquared_slots.mock_server.vendor.seen_answer import Answer, Outcome, envelope_of, outcome_of, read_answer
from leadsquared_slots.mock_server.vendor.seen_request import Asked, read_asked

from .evidence import Conclusion, Evidence
from .recorded import Recorded
from .shown_days import ShownDays

_MOST_PENDING, _MOST_ADDRESSES = 500, 20_000
_ACCEPTED = {
    "no-paging": ("omitted-paging", "everything"),
    "no-flag": ("omitted-flag", "false"),
    "unknown-attribute": ("unknown-attributes", "ignored"),
    "case": ("attribute-case", "any"),
    "content-type": ("content-type", "ignored"),
}
_REFUSED = {
    "no-paging": ("omitted-paging", "refused"),
    "no-flag": ("omitted-flag", "refused"),
    "unknown-attribute": ("unknown-attributes", "refused"),
    "case": ("attribute-case", "exact"),
    "content-type": ("content-type", "required"),
}
_BAD_VALUES = frozenset({"bad-date", "date-order", "range", "page-index", "page-size", "users-empty"})
_MISSING_TYPES = ("MXMandatoryAttributeMissingException", "MXInvalidInputException")
_STATUSES = {
    "invalid-keys-status": (401, 403, 200),
    "malformed-body-status": (400, 500, 200),
    "missing-attribute-status": (400, 500, 200),
    "invalid-value-status": (400, 500, 200),
    "rate-limit-status": (429, 200, 403),
}
_WHY_OPEN = {
    "time-zone": "no busy time and no change of clocks told the two readings of the slots apart",
    "date-without-template": "no user without a template had a busy time near midnight",
    "allowed-conflict": "no appointment whose type allows conflicts was seen: the flag changed no slots",
    "breaks": "no break lay in free time",
    "absent-lists": "no Holiday, Leave or NotScheduled was seen",
    "absence-order": "no date was known to have two reasons",
    "partial-leave": "no leave for part of a day was known",
    "users-order": "no two users were answered whose order tells",
    "most-users": "no number of users was accepted whose next one was refused",
    "largest-page": "no page size was accepted whose next one was refused",
    "rate-limit-status": "no call was refused for the limit",
    "window": "the limit was not exhausted; that takes --allow-burst",
    "refused-calls": "the limit was not exhausted; that takes --allow-burst",
    "invalid-requests": "the limit was not exhausted; that takes --allow-burst",
}


class Shown:
    """Collects what exchanges show. Memory is bounded, however many there are."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self._days = ShownDays(self.evidence)
        self._spellings: dict[str, dict[str, str]] = {}
        self._right_keys: dict[tuple[str, ...], None] = {}
        self._pending: list[tuple[Asked, Recorded]] = []
        self._alone: dict[str, int] = {}
        self._both_places: list[tuple[Recorded, bool]] = []
        self._largest_accepted = {"largest-page": 0, "most-users": 0}

    def observe(self, exchange: Recorded) -> None:
        """Takes in one exchange."""
        outcome = outcome_of(exchange.status, exchange.reply_body)
        self._note_errors(exchange, outcome)
        if not exchange.is_endpoint or not exchange.is_whole:
            return
        self._note_keys(exchange, outcome)
        asked = read_asked(exchange.body, exchange.header("content-type"))
        if outcome is Outcome.REFUSED:
            self._note_refusal(asked, exchange)
        answer = read_answer(exchange.reply_body) if outcome is Outcome.ANSWERED else None
        if answer is not None:
            self._note_answer(asked, answer, exchange)

    def conclusions(self) -> Mapping[str, Conclusion]:
        """What is known of every question, in the order of the profile."""
        evidence = self.evidence.copy()
        self._settle(evidence)
        window = evidence.conclusion("window", "").answer
        why = _WHY_OPEN | ({"refused-calls": "a window that is cut at fixed times forgets refused calls"} if window == "fixed" else {})
        return {question: evidence.conclusion(question, why.get(question, "nothing was seen that tells")) for question in QUESTIONS}

    def profile(self, name: str) -> dict[str, Any]:
        """The answers that are known, as the data of a profile file."""
        known = {question: found.answer for question, found in self.conclusions().items() if found.answer is not None}
        return {"name": name, "extends": "documented", **known}

    def _note_errors(self, exchange: Recorded, outcome: Outcome) -> None:
        number, error = exchange.number, envelope_of(exchange.reply_body)
        if exchange.status in (404, 405) and exchange.path.startswith("/v2/"):
            media = (exchange.reply_header("content-type") or "").partition(";")[0].strip().lower()
            page = "json" if error is not None else "html" if media == "text/html" else None
            if page:
                self.evidence.shows("error-page", page, f"a {exchange.status} whose body is {page.upper()}", number)
        if error is not None:
            present = error.get("IsMXException") is True
            text = f"an error {'with' if present else 'without'} IsMXException"
            self.evidence.shows("mx-member", "present" if present else "absent", text, number)
        if outcome is Outcome.LIMITED:
            self._note_status("rate-limit-status", exchange, "a call over the limit")
        if outcome is Outcome.REFUSED_KEYS:
            self._note_status("invalid-keys-status", exchange, "keys that were refused")

    def _note_status(self, question: str, exchange: Recorded, what: str) -> None:
        if exchange.status in _STATUSES[question]:
            self.evidence.shows(question, exchange.status, f"{what}: status {exchange.status}", exchange.number)

    def _note_keys(self, exchange: Recorded, outcome: Outcome) -> None:
        places = _places(exchange)
        if len(places) == 2 and places[0] != places[1]:
            if outcome in (Outcome.ANSWERED, Outcome.REFUSED_KEYS) and len(self._both_places) < _MOST_PENDING:
                self._both_places.append((exchange, outcome is Outcome.ANSWERED))
        elif places and outcome is Outcome.ANSWERED and len(self._right_keys) < _MOST_PENDING:
            self._right_keys[places[0]] = None

    def _note_refusal(self, asked: Asked, exchange: Recorded) -> None:
        odd = asked.odd - {"duplicate"}
        if odd and (odd <= {"json"} or odd == {"types"}):
            self._note_status("malformed-body-status", exchange, "a body that is not as specified")
        elif odd == {"missing"}:
            self._note_status("missing-attribute-status", exchange, "a mandatory attribute left out")
            kind = (envelope_of(exchange.reply_body) or {}).get("ExceptionType")
            if kind in _MISSING_TYPES:
                self.evidence.shows("missing-attribute-type", kind, f"a mandatory attribute left out: {kind}", exchange.number)
        elif len(odd) == 1 and odd <= _BAD_VALUES:
            self._note_status("invalid-value-status", exchange, "a value that is not acceptable")
        elif len(odd) <= 1 and len(self._pending) < _MOST_PENDING:
            self._pending.append((asked, exchange))

    def _note_answer(self, asked: Asked, answer: Answer, exchange: Recorded) -> None:
        number, evidence = exchange.number, self.evidence
        for odd in asked.odd & _ACCEPTED.keys():
            evidence.shows(*_ACCEPTED[odd], f"accepted: {_what(odd)}", number)
        for entry in answer.entries:
            self._spell(entry.address.lower(), entry.address, entry.user_id)
        for user in asked.users:
            found = next((entry for entry in answer.entries if entry.address.lower() == user.lower()), None)
            if found is None:
                continue
            if len(asked.users) == 1:
                self._spell(user.lower(), user, found.user_id)
            if found.address != user and not asked.odd & {"duplicate"}:
                evidence.shows("address-case", "any", "a user was found by the address in another letter case", number)
        if asked.users and not asked.odd & {"types", "missing"}:
            self._largest_accepted["most-users"] = max(self._largest_accepted["most-users"], len(asked.users))
        if asked.page:
            self._largest_accepted["largest-page"] = max(self._largest_accepted["largest-page"], asked.page[1])
        if answer.shape != "list":
            evidence.shows("empty-list", answer.shape, f"an answer without records: List {answer.shape}", number)
        self._note_records(asked, answer, number)
        self._note_order(asked, answer, number)
        self._days.observe(asked, answer, exchange)

    def _spell(self, folded: str, address: str, user_id: str) -> None:
        if folded in self._spellings or len(self._spellings) < _MOST_ADDRESSES:
            spelt = self._spellings.setdefault(folded, {})
            if len(spelt) < 8:
                spelt.setdefault(address, user_id.lower())

    def _note_records(self, asked: Asked, answer: Answer, number: int) -> None:
        count, users, days = answer.record_count, len(asked.distinct), asked.days
        if not days or not users or asked.odd & {"missing", "types", "address-form"}:
            return
        if users == 1 and count == 0 and len(self._alone) < _MOST_PENDING:
            self._alone.setdefault(asked.users[0], number)
        times = len(asked.users)
        if users == 1 and times > 1 and days == 1 and count in (1, times):
            how = "repeated" if count == times else "once"
            self.evidence.shows("duplicate-addresses", how, f"an address that stood {times} times gave RecordCount {count}", number)
        if times == 1 and days > 1 and count in (1, days):
            what = "user" if count == 1 else "user-and-date"
            self.evidence.shows("record", what, f"one user on {days} dates: RecordCount {count}", number)
        if asked.page is None and times > 1 and "duplicate" not in asked.odd and days > 1 and answer.entries:
            listed = len({entry.address.lower() for entry in answer.entries})
            if count in (listed, listed * days):
                what = "user" if count == listed else "user-and-date"
                self.evidence.shows("record", what, f"{listed} users on {days} dates: RecordCount {count}", number)

    def _note_order(self, asked: Asked, answer: Answer, number: int) -> None:
        if "duplicate" in asked.odd or len(asked.users) < 2 or not answer.entries:
            return
        first = answer.entries[0].ordinal
        listed = [entry.address.lower() for entry in answer.entries if entry.ordinal == first]
        if asked.page and asked.page[0] == 1 and len(listed) == 1:
            if all(map(self._is_known, asked.distinct)):
                self._compare(listed, [asked.distinct[0]], [min(asked.distinct)], number)
        elif len(listed) > 1:
            order = [user for user in asked.distinct if user in listed]
            self._compare(listed, order, sorted(listed), number)

    def _compare(self, listed: list[str], as_asked: list[str], by_address: list[str], number: int) -> None:
        if as_asked == by_address:
            return
        if listed == as_asked:
            self.evidence.shows("users-order", "asked", "users stood as they were asked for, which was not by address", number)
        elif listed == by_address:
            self.evidence.shows("users-order", "address", "users stood by address, which was not as they were asked for", number)

    def _is_known(self, folded: str) -> bool:
        return folded in self._spellings

    def _is_spelt(self, address: str) -> bool:
        return address in self._spellings.get(address.lower(), ())

    def _settle(self, evidence: Evidence) -> None:
        """What single exchanges do not say: it depends on which users exist, and on what else was accepted."""
        refused = {"largest-page": (0, 0), "most-users": (0, 0)}
        for asked, exchange in self._pending:
            self._settle_refusal(asked, exchange.number, evidence, refused)
        for question, (least, number) in refused.items():
            if least and least == self._largest_accepted[question] + 1:
                evidence.shows(question, least - 1, f"{least - 1} was accepted, and {least} refused", number)
        for address, number in self._alone.items():
            if not self._is_known(address.lower()):
                evidence.shows("unknown-address", "left-out", "an address that nobody has: RecordCount 0", number)
            elif not self._is_spelt(address):
                evidence.shows("address-case", "exact", "a user's address in another letter case named nobody", number)
        for spelt in self._spellings.values():
            if len(spelt) > 1:
                text = f"an address in {len(spelt)} letter cases named {len(set(spelt.values()))} user(s)"
                evidence.shows("address-case", "any" if len(set(spelt.values())) == 1 else "exact", text)
        self._settle_keys(evidence)

    def _settle_refusal(self, asked: Asked, number: int, evidence: Evidence, refused: dict[str, tuple[int, int]]) -> None:
        largest = self._largest_accepted
        is_large = bool(asked.page and asked.page[1] > largest["largest-page"])
        is_many = len(asked.users) > largest["most-users"]
        unknown = [user for user in asked.users if not self._is_known(user.lower())]
        respelt = [user for user in asked.users if self._is_known(user.lower()) and not self._is_spelt(user)]
        reasons = [is_large, is_many, bool(unknown), bool(respelt)]
        odd = asked.odd - {"duplicate"}
        if not any(reasons) and largest["most-users"]:
            for deviation in odd & _REFUSED.keys():
                evidence.shows(*_REFUSED[deviation], f"refused: {_what(deviation)}", number)
        if odd or reasons.count(True) != 1 or not largest["most-users"]:
            return
        if is_large and asked.page:
            _lower(refused, "largest-page", asked.page[1], number)
        elif is_many:
            _lower(refused, "most-users", len(asked.users), number)
        else:
            evidence.shows("unknown-address", "refused", "an address that nobody has refused the request", number)
            if respelt:
                evidence.shows("address-case", "exact", "a user's address in another letter case named nobody", number)

    def _settle_keys(self, evidence: Evidence) -> None:
        for exchange, is_accepted in self._both_places:
            in_headers, in_query = (place in self._right_keys for place in _places(exchange))
            if in_headers != in_query:
                place = "header" if in_headers == is_accepted else "query"
                right, how = "headers" if in_headers else "query", "accepted" if is_accepted else "refused"
                text = f"right keys in the {right}, wrong ones in the other place: {how}"
                evidence.shows("keys-in-both-places", place, text, exchange.number)


def _lower(refused: dict[str, tuple[int, int]], question: str, number: int, exchange: int) -> None:
    least = refused[question][0]
    if not least or number < least:
        refused[question] = (number, exchange)


def _places(exchange: Recorded) -> list[tuple[str, ...]]:
    """The pairs of keys that a request presents, the headers' first; a place without keys is left out."""
    found = dict(exchange.query)
    headers = (exchange.header("x-lsq-accesskey"), exchange.header("x-lsq-secretkey"))
    query = (found.get("accessKey"), found.get("secretKey"))
    return [tuple(key or "" for key in pair) for pair in (headers, query) if any(pair)]


def _what(odd: str) -> str:
    return {
        "no-paging": "Paging left out", "no-flag": "IncludeAllowedConflictSlots left out",
        "unknown-attribute": "an attribute that the page does not name", "case": "attribute names in another letter case",
        "content-type": "another content type than application/json",
    }[odd]  # fmt: skip
