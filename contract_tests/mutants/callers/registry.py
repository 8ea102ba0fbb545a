"""The register of wrong callers: what is wrong with each, and the situations or conduct rules that catch it; and the correct ones."""

import sys
from dataclasses import dataclass
from pathlib import Path

CLIENT = Path(__file__).parent / "client.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller. `caught_by` are the ids of situations and conduct rules that catch it; none for a correct one.

    in_situations  where a conduct rule shows, besides the situations in `caught_by`
    """

    name: str
    wrong: str = ""
    caught_by: tuple[str, ...] = ()
    in_situations: tuple[str, ...] = ()
    page_size: int = 100
    variants: tuple[str, ...] = ()
    timeout: float = 30.0

    @property
    def command(self) -> tuple[str, ...]:
        """How it is started as a driver."""
        mutant = self.name if self.caught_by else "correct"
        return (sys.executable, "-S" if "library" not in self.variants else "-B", str(CLIENT), mutant, str(self.page_size), *self.variants)

    @property
    def only(self) -> tuple[str, ...]:
        """The situations that it is put into; all for a correct one."""
        return tuple(dict.fromkeys((*(each for each in self.caught_by if not each.startswith("conduct.")), *self.in_situations)))


def _wrong(name: str, wrong: str, *caught_by: str, at: str = "", page_size: int = 100, timeout: float = 30.0) -> Caller:
    places = (at,) if at else ()
    return Caller(name=name, wrong=wrong, caught_by=caught_by, in_situations=places, page_size=page_size, timeout=timeout)


WRONG = (
    _wrong("midnight-is-the-start", "takes an end at 00:00:00 for the start of the day", "midnight"),
    _wrong("ends-at-23-59-59", "ends the day at 23:59:59", "midnight"),
    _wrong("drops-the-morning-after", "leaves out what begins at 00:00:00", "midnight"),
    _wrong("forgets-breaks", "forgets that breaks lie inside slots", "breaks"),
    _wrong("first-break-only", "takes out the first break only", "breaks"),
    _wrong("first-slot-only", "reads the first slot of a day only", "two-shifts"),
    _wrong("from-first-to-last", "takes a day for free from its first start to its last end", "two-shifts", "hole"),
    _wrong("busy-as-local", "takes BusySlots for local times, and takes them out", "two-shifts"),
    _wrong("drops-seconds", "drops the seconds", "seconds"),
    _wrong("drops-the-flag", "sends the flag false, whatever is asked", "flag-true"),
    _wrong("flag-always-true", "sends the flag true, whatever is asked", "hole"),
    _wrong("ends-a-date-early", "leaves out the last date", "two-shifts"),
    _wrong("needs-slots", "breaks where AvailableSlots is null", "holiday", "no-template"),
    _wrong("null-is-free", "takes null for free all day", "holiday", "no-template"),
    _wrong("no-template-is-free", "takes a user without a template for free all day", "no-template"),
    _wrong("nothing-is-free-all-day", "takes an empty list for free all day", "fully-booked", "leave"),
    _wrong("india", "takes all times for India's", "other-zone", "fall-back"),
    _wrong("users-zone", "reads slots in the user's zone", "other-zone"),
    _wrong("slots-in-utc", "reads slots as UTC", "other-zone"),
    _wrong("date-in-utc", "takes Date for the date in UTC", "midnight", "spring-forward"),
    _wrong("one-offset", "uses one offset from UTC for all dates", "spring-forward", "fall-back"),
    _wrong("adds-the-length", "adds the length of a slot to its start", "fall-back"),
    _wrong("later-fold-at-an-end", "reads the end of a slot at a skipped time with the offset after it", "spring-forward"),
    _wrong("needs-a-list", "breaks where List is absent", "absent-list"),
    _wrong("needs-no-null", "breaks where List is null", "null-list"),
    _wrong("users-by-place", "tells users apart by their place", "unknown-user"),
    _wrong("needs-every-user", "breaks where a user is left out", "unknown-user"),
    _wrong("compares-letter-case", "compares addresses with their letter case", "stored-case"),
    _wrong("all-of-the-first-user", "gives all slots to the first user", "many-users"),
    _wrong("first-page-only", "reads the first page only", "many-users", "conduct.pages", page_size=7),
    _wrong("rounds-pages-down", "rounds the number of pages down", "many-users", "conduct.pages", page_size=7),
    _wrong("counts-dates", "compares RecordCount with the number of dates", "many-users", page_size=1),
    _wrong("begins-at-page-0", "begins at page 0", "plain", "conduct.pages"),
    _wrong("begins-at-page-2", "begins at page 2", "plain", "conduct.pages"),
    _wrong("asks-for-everything", "asks for more than 100 days in one call", "long-range", "conduct.range"),
    _wrong("first-100-days-only", "asks for the first 100 days, and says nothing of the rest", "long-range"),
    _wrong("loses-a-date-at-the-seam", "loses a date between two ranges", "long-range"),
    _wrong("loses-dollar", "loses the $ of the key, and what follows", "dollar-key"),
    _wrong("escapes-dollar", "sends the $ of the key as %24 in a header", "dollar-key"),
    _wrong("waits-1-second", "waits one second after a refusal for the limit", "limited", "conduct.waits"),
    _wrong("waits-3-seconds", "waits three seconds after a refusal for the limit", "limited-403", "conduct.waits"),
    _wrong("waits-not", "tries again at once after a refusal for the limit", "limited-200", "conduct.waits"),
    _wrong("doubles-from-1", "backs off from one second, doubling", "limited", "conduct.waits"),
    _wrong("no-429", "has no branch for 429", "limited"),
    _wrong("no-403", "takes a 403 for wrong keys", "limited-403"),
    _wrong("no-200", "does not wait where the limit comes inside 200", "limited-200"),
    _wrong("limit-in-200-is-empty", "takes the limit inside 200 for an empty answer", "limited-200"),
    _wrong("hammers", "tries for ever, and hardly waits", "limited-always", "conduct.gives-up", timeout=12),
    _wrong("tries-15-times", "tries 15 times", "conduct.gives-up", at="reset-always"),
    _wrong("gives-up-at-the-limit", "gives up where the limit is used up", "burst"),
    _wrong("whole-batch-again", "sends what was answered again after a refusal", "conduct.budget", "burst"),
    _wrong("keeps-the-first-answer", "gives the first answer to every question", "burst"),
    _wrong("retries-400", "repeats a 400", "conduct.no-repeat", at="refused-400"),
    _wrong("retries-500", "repeats a 500 that is a refusal", "conduct.no-repeat", at="refused-500"),
    _wrong("retries-401", "repeats a 401", "conduct.no-repeat", at="wrong-keys"),
    _wrong("retries-every-error", "repeats every error", "conduct.no-repeat", at="error-in-200"),
    _wrong("retries-html", "repeats an HTML error", "conduct.no-repeat", at="html-error"),
    _wrong("trusts-the-status", "takes an error inside 200 for an empty answer", "error-in-200"),
    _wrong("every-error-is-empty", "takes every error for an empty answer", "refused-400", "html-error", "reset"),
    _wrong("html-is-empty", "takes an HTML page for an empty answer", "html-error"),
    _wrong("crashes-on-reset", "breaks where the connection is reset", "reset"),
    _wrong("reset-is-empty", "takes a fault of the network for an empty answer", "reset"),
    _wrong("closed-is-empty", "takes a closed connection for an empty answer", "empty"),
    _wrong("takes-half", "takes half a reply for the whole", "truncated"),
    _wrong("no-json-is-empty", "takes a body that is no JSON for an empty answer", "malformed"),
    _wrong("no-timeout", "waits for a reply for ever", "slow", timeout=8),
    _wrong("text-plain", "sends the body as text/plain", "conduct.content-type", at="plain"),
    _wrong("invents-attributes", "invents attributes", "conduct.attributes", at="plain"),
    _wrong("attributes-in-lower-case", "writes attributes in lower case", "conduct.attributes", at="plain"),
    _wrong("flag-as-text", "sends the flag as a text", "conduct.attributes", at="plain"),
    _wrong("dates-day-first", "writes dates with the day first", "conduct.attributes", at="plain"),
    _wrong("no-offset", "gives times without an offset", "plain"),
)
"""Every wrong caller."""

CORRECT = (
    Caller(name="pages of 100"),
    Caller(name="pages of 1", page_size=1),
    Caller(name="pages of 7", page_size=7),
    Caller(name="pages of 1000", page_size=1000),
    Caller(name="without pages", page_size=0),
    Caller(name="keys in the query", variants=("query",)),
    Caller(name="threads", variants=("threads",)),
    Caller(name="retries by a library", variants=("library",)),
)
"""Correct callers in several variants."""
