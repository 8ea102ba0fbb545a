"""A request as a check wants it: which keys in which place, on which connection."""

from dataclasses import dataclass

from .exchange import ACCESS_PLACEHOLDER, ENDPOINT, NEAR_MISSES, OTHER_CASE, SECRET_PLACEHOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A pair of keys as a call names them; None leaves one out. The placeholders stand for the target's own."""

    access: str | None
    secret: str | None


OWN_KEYS = Keys(access=ACCESS_PLACEHOLDER, secret=SECRET_PLACEHOLDER)
"""The keys that the target was given."""
OWN_KEYS_IN_OTHER_CASE = Keys(access=OTHER_CASE[ACCESS_PLACEHOLDER], secret=OTHER_CASE[SECRET_PLACEHOLDER])
"""The same with small letters for capitals, and capitals for small letters."""


NEARLY_OWN_ACCESS = tuple(form for form, (key, _) in NEAR_MISSES.items() if key == ACCESS_PLACEHOLDER)
NEARLY_OWN_SECRET = tuple(form for form, (key, _) in NEAR_MISSES.items() if key == SECRET_PLACEHOLDER)
"""Keys that differ from the target's own a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as a check wants it.

    content_type  None sends no Content-Type
    header_keys   keys in the headers x-LSQ-AccessKey and x-LSQ-SecretKey; None sends none there
    query_keys    keys in the query parameters accessKey and secretKey; None sends none there
    lower_case    whether the names of the headers are sent in lower case
    more_headers  further headers, names and values
    connection    calls with another number travel over another connection
    """

    body: bytes = b""
    method: str = "POST"
    path: str = ENDPOINT
    content_type: str | None = "application/json"
    header_keys: Keys | None = OWN_KEYS
    query_keys: Keys | None = None
    connection: int = 0
    lower_case: bool = False
    more_headers: tuple[tuple[str, str], ...] = ()

    def query(self) -> tuple[tuple[str, str], ...]:
        """Query parameters, with placeholders for the target's own keys."""
        return _pairs(("accessKey", "secretKey"), self.query_keys)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers, with placeholders for the target's own keys."""
        content_type = (("Content-Type", self.content_type),) if self.content_type is not None else ()
        headers = (*content_type, *_pairs(("x-LSQ-AccessKey", "x-LSQ-SecretKey"), self.header_keys), *self.more_headers)
        return tuple((name.lower(), value) for name, value in headers) if self.lower_case else headers


def _pairs(names: tuple[str, str], keys: Keys | None) -> tuple[tuple[str, str], ...]:
    if keys is None:
        return ()
    return tuple((name, value) for name, value in zip(names, (keys.access, keys.secret), strict=True) if value is not None)
