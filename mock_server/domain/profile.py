"""The profile: one frozen answer to each question that the vendor leaves open.

Each question is an Enum here, or a number where it asks for one; its rules stand in the ledger (`schemas/ledger.toml`) under the same
name, written with dashes: `absence_order` is the question `absence-order`.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any, get_type_hints

from .errors import UnknownAnswer, UnknownQuestion


class TimeZoneOfTimes(Enum):
    """Zone of AvailableSlots and Breaks (rule slots.zone)."""

    TEMPLATE = "template"
    UTC = "utc"


class DateWithoutTemplate(Enum):
    """Zone of Date for a user without a template (rule slots.date-without-template)."""

    USER = "user"
    UTC = "utc"


class Record(Enum):
    """What RecordCount counts and a page holds (rule answer.record)."""

    USER = "user"
    USER_AND_DATE = "user-and-date"


class UsersOrder(Enum):
    """Order of the users under a date (rule answer.users-order)."""

    ASKED = "asked"
    ADDRESS = "address"


class UnknownAddress(Enum):
    """What an address gives that no user has (rule request.unknown-address)."""

    LEFT_OUT = "left-out"
    REFUSED = "refused"


class DuplicateAddresses(Enum):
    """How often an address is answered that stands twice in Users (rule request.duplicate-addresses)."""

    ONCE = "once"
    REPEATED = "repeated"


class AddressCase(Enum):
    """Whether addresses that differ in letter case name one user (rule request.address-case)."""

    ANY = "any"
    EXACT = "exact"


class UnknownAttributes(Enum):
    """What becomes of attributes that the page does not name (rule request.unknown-attributes)."""

    REFUSED = "refused"
    IGNORED = "ignored"


class AttributeCase(Enum):
    """Whether `fromdate` is `FromDate` (rule request.attribute-case)."""

    EXACT = "exact"
    ANY = "any"


class ContentType(Enum):
    """Whether the content type has to be application/json (rule request.content-type)."""

    REQUIRED = "required"
    IGNORED = "ignored"


class MissingAttributeType(Enum):
    """ExceptionType of a missing mandatory attribute (rule request.missing-attribute)."""

    MANDATORY = "MXMandatoryAttributeMissingException"
    INVALID_INPUT = "MXInvalidInputException"


class OmittedFlag(Enum):
    """What IncludeAllowedConflictSlots left out means (rule request.flag-omitted)."""

    FALSE = "false"
    REFUSED = "refused"


class OmittedPaging(Enum):
    """What Paging left out means (rule request.paging-omitted)."""

    EVERYTHING = "everything"
    REFUSED = "refused"


class EmptyList(Enum):
    """Shape of List where there are no records (rule answer.past-last-page)."""

    EMPTY = "empty"
    ABSENT = "absent"
    NULL = "null"


class AbsentLists(Enum):
    """AvailableSlots and Breaks beside Holiday, Leave and NotScheduled (rule reason.lists)."""

    NULL = "null"
    EMPTY = "empty"


class AbsenceOrder(Enum):
    """Which reason is given when several apply; no template always comes first (rule reason.order)."""

    HOLIDAY_FIRST = "holiday-leave-not-scheduled"
    LEAVE_FIRST = "leave-holiday-not-scheduled"
    NOT_SCHEDULED_FIRST = "not-scheduled-holiday-leave"


class PartialLeave(Enum):
    """What a leave for part of a day does (rule reason.partial-leave)."""

    TAKEN_OUT = "taken-out"
    IGNORED = "ignored"


class Breaks(Enum):
    """Whether breaks stay inside AvailableSlots (rule breaks.kept)."""

    KEPT = "kept"
    TAKEN_OUT = "taken-out"


class AllowedConflict(Enum):
    """With the flag false, the time of a task whose type allows conflicts (rule slots.hole)."""

    HOLE = "hole"
    AVAILABLE = "available"


class Window(Enum):
    """Shape of the rate limit's window (rule limit.window)."""

    SLIDING = "sliding"
    FIXED = "fixed"


class Counting(Enum):
    """Whether calls of a kind count against the rate limit (rules limit.refused-calls, limit.invalid-requests)."""

    COUNT = "count"
    DO_NOT_COUNT = "do-not-count"


class KeysInBothPlaces(Enum):
    """Which keys count when the query and the headers both have some (rule auth.both-places)."""

    HEADER = "header"
    QUERY = "query"


class ErrorPage(Enum):
    """Body of a 404 and a 405 (rule http.unknown-path-body)."""

    JSON = "json"
    HTML = "html"


class MxMember(Enum):
    """Whether an error carries IsMXException (rule error.mx-member)."""

    ABSENT = "absent"
    PRESENT = "present"


class RateLimitStatus(IntEnum):
    """Status of a call over the limit (rule limit.status)."""

    TOO_MANY_REQUESTS = 429
    OK = 200
    FORBIDDEN = 403


class InvalidKeysStatus(IntEnum):
    """Status of a call with invalid keys (rule auth.invalid-keys)."""

    UNAUTHORIZED = 401
    FORBIDDEN = 403
    OK = 200


class RefusalStatus(IntEnum):
    """Status of a refused body (rules request.json, request.missing-attribute-status, error.invalid-value-status)."""

    BAD_REQUEST = 400
    INTERNAL_SERVER_ERROR = 500
    OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Answers to everything that the vendor leaves open. The defaults are the profile `documented`."""

    name: str = "documented"

    time_zone: TimeZoneOfTimes = TimeZoneOfTimes.TEMPLATE
    date_without_template: DateWithoutTemplate = DateWithoutTemplate.USER
    allowed_conflict: AllowedConflict = AllowedConflict.HOLE
    breaks: Breaks = Breaks.KEPT
    absent_lists: AbsentLists = AbsentLists.NULL
    absence_order: AbsenceOrder = AbsenceOrder.HOLIDAY_FIRST
    partial_leave: PartialLeave = PartialLeave.TAKEN_OUT

    record: Record = Record.USER
    users_order: UsersOrder = UsersOrder.ASKED
    empty_list: EmptyList = EmptyList.EMPTY

    unknown_address: UnknownAddress = UnknownAddress.LEFT_OUT
    duplicate_addresses: DuplicateAddresses = DuplicateAddresses.ONCE
    address_case: AddressCase = AddressCase.ANY
    unknown_attributes: UnknownAttributes = UnknownAttributes.REFUSED
    attribute_case: AttributeCase = AttributeCase.EXACT
    content_type: ContentType = ContentType.REQUIRED
    omitted_flag: OmittedFlag = OmittedFlag.FALSE
    omitted_paging: OmittedPaging = OmittedPaging.EVERYTHING
    largest_page: int = 1000
    most_users: int = 1000
    keys_in_both_places: KeysInBothPlaces = KeysInBothPlaces.HEADER

    invalid_keys_status: InvalidKeysStatus = InvalidKeysStatus.UNAUTHORIZED
    malformed_body_status: RefusalStatus = RefusalStatus.BAD_REQUEST
    missing_attribute_status: RefusalStatus = RefusalStatus.BAD_REQUEST
    missing_attribute_type: MissingAttributeType = MissingAttributeType.MANDATORY
    invalid_value_status: RefusalStatus = RefusalStatus.BAD_REQUEST
    rate_limit_status: RateLimitStatus = RateLimitStatus.TOO_MANY_REQUESTS
    error_page: ErrorPage = ErrorPage.JSON
    mx_member: MxMember = MxMember.ABSENT

    window: Window = Window.SLIDING
    refused_calls: Counting = Counting.DO_NOT_COUNT
    invalid_requests: Counting = Counting.COUNT

    def __hash__(self) -> int:
        # A profile is a key of what is kept for it on every request; two with the same name may well differ.
        return hash(self.name)

    def answers(self) -> dict[str, str | int]:
        """Every question with this profile's answer, in the spelling of a profile file."""
        return {question: _spell(getattr(self, question.replace("-", "_"))) for question in QUESTIONS}

    def with_answers(self, answers: dict[str, Any], *, name: str | None = None) -> "Profile":
        """This profile with some answers changed, given in the spelling of a profile file.

        Raises UnknownQuestion or UnknownAnswer, which name the accepted ones.
        """
        changed: dict[str, Any] = {question.replace("-", "_"): _read(question, answer) for question, answer in answers.items()}
        return replace(self, name=name or self.name, **changed)


QUESTIONS: dict[str, type[Enum] | type[int]] = {
    name.replace("_", "-"): kind for name, kind in get_type_hints(Profile).items() if name != "name"
}
"""Every question by the name that it has in the ledger and in profile files, with its Enum, or `int`."""

DOCUMENTED = Profile()
OBSERVED = Profile(
    name="observed",
    unknown_attributes=UnknownAttributes.IGNORED,
    attribute_case=AttributeCase.ANY,
    missing_attribute_status=RefusalStatus.INTERNAL_SERVER_ERROR,
    missing_attribute_type=MissingAttributeType.INVALID_INPUT,
    invalid_value_status=RefusalStatus.INTERNAL_SERVER_ERROR,
    rate_limit_status=RateLimitStatus.OK,
    error_page=ErrorPage.HTML,
    mx_member=MxMember.PRESENT,
)
PROFILES = {profile.name: profile for profile in (DOCUMENTED, OBSERVED)}
"""The profiles that come with the product."""


def accepted_answers(question: str) -> str:
    """The accepted answers of a question, as a sentence part for errors and documents."""
    kind = QUESTIONS[question]
    return " | ".join(str(choice.value) for choice in kind) if issubclass(kind, Enum) else "a whole number from 1"


def _spell(answer: Enum | int) -> str | int:
    return answer.value if isinstance(answer, Enum) else answer


def _read(question: str, answer: object) -> Enum | int:
    kind = QUESTIONS.get(question)
    if kind is None:
        raise UnknownQuestion(question, QUESTIONS)
    if issubclass(kind, Enum):
        for choice in kind:
            if choice.value == answer and type(answer) in (str, int):
                return choice
    elif type(answer) is int and answer >= 1:
        return answer
    raise UnknownAnswer(question, answer, accepted_answers(question))
