"""Fragments of users' dates, each rendered once and kept within the bound of all that is kept of calendars."""

from leadsquared_slots.mock_server.calendars.generated.shared_days import ClockDay, SharedDay
from leadsquared_slots.mock_server.calendars.generated.users import GeneratedCalendar
from leadsquared_slots.mock_server.calendars.kept import KEPT, Table
from leadsquared_slots.mock_server.domain.availability import DayAvailability, availability, availability_of
from leadsquared_slots.mock_server.domain.interval import DAY
from leadsquared_slots.mock_server.domain.profile import DateWithoutTemplate, Profile, TimeZoneOfTimes
from leadsquared_slots.mock_server.domain.user import User
from leadsquared_slots.mock_server.domain.zone import EPOCH

from .day import fragment_text, identity_text, lists_text


class _Availabilities(Table[ClockDay, tuple[DayAvailability, bytes]]):
    """The availabilities of days as the clock shows them, each with the part of its fragments that no zone changes."""

    def __init__(self, profile: Profile, flag: bool) -> None:
        super().__init__(KEPT, "availabilities of days on the clock")
        self._profile, self._flag = profile, flag

    def make(self, key: ClockDay) -> tuple[DayAvailability, bytes]:
        day = availability_of(key.inputs, include_allowed_conflicts=self._flag, profile=self._profile)
        return day, lists_text(day)

    def size(self, value: tuple[DayAvailability, bytes]) -> int:
        day, lists = value
        return 250 + 100 * (len(day.busy) + len(day.available or ()) + len(day.breaks or ())) + len(lists)


class _SharedFragments(Table[SharedDay, bytes]):
    """The fragments of days that dates and users share."""

    def __init__(self, profile: Profile, flag: bool) -> None:
        super().__init__(KEPT, "fragments of shared days")
        self._profile, self._flag = profile, flag
        # In the template's zone, slots and breaks are the same whichever zone that is.
        self._on_clock = _Availabilities(profile, flag) if profile.time_zone is TimeZoneOfTimes.TEMPLATE else None

    def make(self, key: SharedDay) -> bytes:
        """The fragment of a shared day."""
        if self._on_clock is not None:
            day, lists = self._on_clock[key.on_clock]
            return fragment_text(lists, day, key.template_zone, key.on_clock.inputs.day.midnight + key.offset)
        inputs = key.inputs
        day = availability_of(inputs, include_allowed_conflicts=self._flag, profile=self._profile)
        return fragment_text(lists_text(day), day, key.template_zone, inputs.day.midnight)

    def size(self, value: bytes) -> int:
        """An estimate in bytes."""
        return 90 + len(value)


class _OwnFragments(Table[tuple[User, int], bytes]):
    """The fragments of dates of one user: of a calendar that is written down or was changed, or of a user whose dates are UTC's."""

    def __init__(self, profile: Profile, flag: bool) -> None:
        super().__init__(KEPT, "fragments of dates")
        self._profile, self._flag = profile, flag

    def make(self, key: tuple[User, int]) -> bytes:
        user, ordinal = key
        day = availability(user, ordinal, include_allowed_conflicts=self._flag, profile=self._profile)
        return fragment_text(lists_text(day), day, user.template.zone_name if user.template else None, (ordinal - EPOCH) * DAY)

    def size(self, value: bytes) -> int:
        return 200 + len(value)


class Rows(Table[tuple[User, range], list[bytes]]):
    """By user and dates (ordinals): the fragment of each date, under a profile and a flag.

    Users are compared by identity, and a changed user is a new one, so no old fragment is ever found for it.
    """

    def __init__(self, profile: Profile, flag: bool) -> None:
        super().__init__(KEPT, "rows of fragments")
        self._shared, self._own = _SharedFragments(profile, flag), _OwnFragments(profile, flag)
        self._dates_are_users = profile.date_without_template is DateWithoutTemplate.USER

    def make(self, key: tuple[User, range]) -> list[bytes]:
        """The fragments of a user's dates."""
        user, days = key
        calendar = user.calendar
        if isinstance(calendar, GeneratedCalendar) and (user.template is not None or self._dates_are_users):
            shared = self._shared
            return [shared[day] for day in calendar.shared_days(days)]
        return [self._own[user, ordinal] for ordinal in days]

    def size(self, value: list[bytes]) -> int:
        """An estimate in bytes, without the fragments."""
        return 300 + 8 * len(value)


identities = KEPT.table("identities", identity_text, lambda text: 150 + len(text))
"""By user: the beginning of the user's entries."""


def _new_rows(key: tuple[Profile, bool]) -> Rows:
    return Rows(*key)


rows_of = KEPT.table("profiles and flags", _new_rows, lambda _: 2500)
"""By profile and flag: the rows."""
