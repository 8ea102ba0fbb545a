"""Pseudonyms: addresses, ids and names replaced by false ones, the same for the same within one recording."""

import json
import re
from typing import Any

from .ordered_labels import OrderedLabels

_ADDRESS = re.compile(r"[^\s\"'<>\\,;:()\[\]@/=&?]{1,64}@[^\s\"'<>\\,;:()\[\]@/&?]{1,255}")
_ID = re.compile(r"(?<![0-9A-Za-z-])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z-])")
_NAMES = frozenset(
    ("Name", "FirstName", "LastName", "MiddleName", "FullName", "Description", "OwnerName", "Subject", "Phone", "PhoneMain", "PhoneMobile",
     "Mobile", "Location", "Notes", "CreatedByName", "ModifiedByName", "RelatedEntityName")
)  # fmt: skip
"""Members of the vendor's calls that hold names and free text; `Name` of a task is its subject."""
_DOMAIN = "example.com"


class Pseudonyms:
    """False addresses, ids and texts, the same for the same. None is made from what it stands for.

    Addresses keep their alphabetical order, by which a server may list them; ids and texts are numbered as they come.
    """

    def __init__(self) -> None:
        self._addresses: dict[str, dict[str, str]] = {}
        self._labels = OrderedLabels()
        self._ids: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def in_text(self, text: str) -> str:
        """The text with false addresses and ids."""
        text = _ADDRESS.sub(lambda found: self._address(found[0]), text)
        return _ID.sub(lambda found: self._id(found[0]), text)

    def in_body(self, text: str) -> str:
        """The body with false addresses and ids, and in JSON with false names and subjects; its form may change, its meaning does not."""
        try:
            document = json.loads(text, object_pairs_hook=_Members)
        except (ValueError, RecursionError):
            # An address is found as well where its sign is escaped.
            return self.in_text(text.replace("\\u0040", "@").replace("&#64;", "@").replace("%40", "@"))
        return json.dumps(self._value(document), ensure_ascii=False, separators=(",", ":")) if _needs_reading(text) else self.in_text(text)

    def _value(self, value: Any, member: str = "") -> Any:
        if isinstance(value, _Members):
            return _Pairs([(self.in_text(name), self._value(part, name)) for name, part in value])
        if isinstance(value, list):
            return [self._value(part, member) for part in value]
        if isinstance(value, str):
            return self._text(value) if member in _NAMES and value else self.in_text(value)
        return value

    def _address(self, address: str) -> str:
        """A false address; the same address in another letter case gives the same false one in another."""
        spelt = self._addresses.setdefault(address.lower(), {})
        if address not in spelt:
            first = next(iter(spelt.values()), f"user-{self._labels.label(address.lower())}@{_DOMAIN}")
            spelt[address] = _in_case(first, len(spelt))
        return spelt[address]

    def _id(self, text: str) -> str:
        # A UUID of version 1, like the vendor's.
        return self._ids.setdefault(text.lower(), f"00000000-0000-1000-8000-{len(self._ids) + 1:012d}")

    def _text(self, text: str) -> str:
        return self._texts.setdefault(text, f"text-{len(self._texts) + 1}")


class _Members(list[tuple[str, Any]]):
    """The members of a JSON object, in order; one may stand twice."""


class _Pairs(dict[str, Any]):
    """An object to be written that may have a member twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def items(self) -> Any:
        """The members, each as often as it stood."""
        return self._pairs


def _in_case(address: str, number: int) -> str:
    """Another spelling of a false address for each number; 0 leaves it in small letters."""
    letters = [place for place, char in enumerate(address) if char.isalpha()]
    chosen = {place for bit, place in enumerate(letters) if number >> bit & 1}
    return "".join(char.upper() if place in chosen else char for place, char in enumerate(address))


def _needs_reading(text: str) -> bool:
    """Whether something stands in a JSON text that a look at the text alone would miss."""
    return "\\" in text or any(f'"{name}"' in text for name in _NAMES)
