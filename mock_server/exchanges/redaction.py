"""Texts of other people without the keys in them: what is called a key, and what looks like one.

Every step looks at each character a bounded number of times: a text of n characters takes time in proportion to n, whatever it says.
So each expression here is one run without another inside, or is bounded, and none is tried again where it has failed.
"""

import re
from functools import lru_cache
from string import hexdigits

REDACTED = "***"
MOST_NAMES = 5000
"""So many names of keys are looked at; of a text that has more, what follows is left out altogether."""
_WORDS = "key|secret|token|password"
_WORD = re.compile(rf"{_WORDS}|ky(?==)", re.IGNORECASE)
# What a text has to have in it, in lower case, before a slower search is worth its time.
_SIGNS_OF_NAMES = ("key", "secret", "token", "password", "ky=")
_SIGNS_OF_KEYS = ("u$r", "u%24r", "u%2524r")
_HEX_DIGITS = bytes(b"x"[0] if chr(byte) in hexdigits else b" "[0] for byte in range(256))
_SECRET_HEADER = re.compile(rf"{_WORDS}|lsq|auth|cookie")
_SHORT, _SHORT_NAME = 200, 10
# The vendor's forms (rule auth.key-form): an access key, and the 40 hexadecimal digits of a secret key.
_LIKE_A_KEY = re.compile(r"u(?:\$|%24|%2524)r[0-9a-f]{8,}+|(?<![0-9a-z])[0-9a-f]{40}(?![0-9a-z])", re.IGNORECASE)

_REST_OF_NAME = re.compile(r"""[^\s"'<>=:&;?/,{}()\[\]\\|%]*+""")
_ENDS_AS_KEY = re.compile(rf"(?:{_WORDS})s?\Z", re.IGNORECASE)
_BLANKS = r"(?:\s|%20){0,50}+"
_QUOTE = r"%2[27]|&quot;|&\#3[49];"
# {"key": "secretKey", "value": …}  and  <add key="secretKey" value="…"/>
_AND_VALUE = r"""["']\s{0,9}+,?\s{0,9}+["']?value["']?\s{0,9}+[:=]\s{0,9}+"""
_SEPARATOR = re.compile(
    # name=  "name":  'name' =>  \"name\":  name%3D  &quot;name&quot;:  <name>
    rf"""(?:["'\\]|{_QUOTE}){{0,9}}+{_BLANKS}(?:=>|[:=>]|%3[AD]){_BLANKS}(?:{_QUOTE})?"""
    # "a name of several words":  and  <name type="text">
    r"""|[^"'\\:=<>&\r\n]{1,60}+["']\s{0,9}+[:=]\s{0,9}+"""
    r"""|\s[^<>\r\n]{1,200}+>"""
    rf"""|{_AND_VALUE}"""
    # A part of a form: name="secretKey", an empty line, the value.
    r"""|["'](?:;[^\r\n]{0,200}+)?\r?\n(?:content-type:[^\r\n]{0,200}+\r?\n)?\r?\n""",
    re.IGNORECASE,
)
_NEXT_OF_PAIR = re.compile(r"""["']\s{0,9}+,\s{0,9}+(?=(?:"[^"]{0,200}+"|'[^']{0,200}+')\s{0,9}+[^\s:])""")
_VALUE_OF_PAIR = re.compile(_AND_VALUE, re.IGNORECASE)
_NEXT_SEGMENT = re.compile(r"/++(?=[^/?#])")
_SEGMENT = re.compile(r"[^/?#]++")
# "the secretKey is K9": of free text only behind names that can be nothing else, and only what has letters and digits, or many digits.
_SURE_NAME = re.compile(r"(?:(?:access|secret|api)[-_ ]?key|secret|password|token)\Z", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"[ \t]{1,9}+(?:(?:is|was|are|->)[ \t]{1,9}+)?([^\s\"'<>,;(){}\[\]=:|]{2,200}+)")
_MANY_DIGITS = 6
_ESCAPE = re.compile(
    r"\\{1,9}+(?:u00|x)(?P<hex>[0-9a-f]{2})|(?:%(?:25){0,3}|&\#x0{0,5})(?P<html>[0-9a-f]{2});?|&\#0{0,5}(?P<decimal>[0-9]{2,3});",
    re.IGNORECASE,
)
_ESCAPE_SIGNS = ("\\u00", "\\U00", "\\x", "\\X", "%", "&#")
_VALUE = re.compile(
    r"""[bur]?"(?:[^"\\]|\\.)*+"?"""
    r"""|[bur]?'(?:[^'\\]|\\.)*+'?"""
    r"""|\\++["'][^"'\\]*+(?:\\++["'])?"""
    r"""|\[[^\[\]]*+\]?|\{[^{}]*+\}?|<!\[CDATA\[[^\]]*+\]*+>?"""
    r"""|(?:(?!%2[26])[^\s"'&;,<>\]})])++""",
    re.IGNORECASE | re.DOTALL,
)


def redacted(text: str, *, is_path: bool = False) -> str:
    """Return a text with `***` for every key; of a path also for the segment behind one that is called a key.

    Where letters of names or keys are escaped, as JSON, URLs, HTML and JavaScript do it, the text comes back without these escapes.
    """
    text = _redacted(text, is_path=is_path)
    if any(map(text.__contains__, _ESCAPE_SIGNS)):
        plain = _ESCAPE.sub(_unescaped, text)
        shown = _redacted(plain, is_path=is_path)
        return text if shown == plain else shown
    return text


def _redacted(text: str, *, is_path: bool) -> str:
    lowered = text.lower()
    if any(map(lowered.__contains__, _SIGNS_OF_NAMES)):
        text = _without_named(text, is_path=is_path)
    if any(map(lowered.__contains__, _SIGNS_OF_KEYS)) or b"x" * 40 in text.encode("utf-8", "surrogatepass").translate(_HEX_DIGITS):
        text = _LIKE_A_KEY.sub(REDACTED, text)
    return text


def _unescaped(escape: re.Match[str]) -> str:
    """The character of an escape where it may be part of a name or a key, which means the same then; the escape where it is another."""
    digits = escape["hex"] or escape["html"]
    character = chr(int(digits, 16)) if digits else chr(int(escape["decimal"]))
    return character if character.isascii() and (character.isalnum() or character in "$-_.") else escape[0]


def redacted_body(body: bytes) -> bytes:
    """Return a body with `***` for every key; one in UTF-16 or UTF-32 that names a key is left out altogether."""
    text = body.decode("latin-1")
    if "\0" in text:
        plain = text.replace("\0", "")
        if redacted(plain) != plain:
            return REDACTED.encode()
    shown = redacted(text)
    return body if shown == text else shown.encode("latin-1")


def redacted_target(path: str, query: str) -> tuple[str, str]:
    """Return a path without keys, and a query without its values: the endpoint takes no parameters but keys, under whatever name."""
    is_short = len(path) + len(query) <= _SHORT
    return (_known_target if is_short else _redacted_target)(path, query)


def _redacted_target(path: str, query: str) -> tuple[str, str]:
    return redacted(path, is_path=True), redacted_query(query)


def redacted_query(query: str) -> str:
    """Return a query without its values."""
    if not query:
        return ""
    names = (part.partition("=") for part in query.split("&"))
    return _LIKE_A_KEY.sub(REDACTED, "&".join(f"{name}={REDACTED}" if equals else REDACTED for name, equals, _ in names))


def redacted_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers, names in lower case, without the values of those that carry keys, and without keys in the others."""
    return dict([(_known_header if len(name) + len(value) <= _SHORT else _redacted_header)(name, value) for name, value in headers.items()])


def _redacted_header(name: str, value: str) -> tuple[str, str]:
    shown = REDACTED if _SECRET_HEADER.search(name) else redacted(value, is_path=value.startswith("http"))
    return _LIKE_A_KEY.sub(REDACTED, name) if len(name) > _SHORT_NAME else name, shown


# What clients send again with every call is looked at once.
_known_target = lru_cache(maxsize=256)(_redacted_target)
_known_header = lru_cache(maxsize=1024)(_redacted_header)


def _without_named(text: str, *, is_path: bool) -> str:
    """The text without the value behind each name that has one of the words in it."""
    shown: list[str] = []
    done = at = names = 0
    while (word := _WORD.search(text, at)) is not None:
        rest = _REST_OF_NAME.match(text, word.end())
        at = word.end() if rest is None else rest.end()
        names += 1
        if names > MOST_NAMES:
            return "".join([*shown, text[done : word.start()], "..."])
        found = _value_behind(text, word.start(), at, is_path=is_path)
        while found is not None:
            start, end, is_quoted = found
            shown += text[done:start], f'"{REDACTED}"' if is_quoted else REDACTED
            done = at = end
            pair = _VALUE_OF_PAIR.match(text, end - 1)
            found = None if pair is None else _value_at(text, pair)
    return "".join([*shown, text[done:]]) if shown else text


Place = tuple[int, int, bool]
"""Where a value starts and ends, and whether it is to become a text in quotes: behind a name in quotes, so that JSON stays JSON."""


def _value_behind(text: str, start: int, end: int, *, is_path: bool) -> Place | None:
    """The value behind the name that ends there; None where none follows."""
    separator = _SEPARATOR.match(text, end)
    if separator is not None and (value := _value_at(text, separator)) is not None:
        return value
    if _SURE_NAME.search(text[max(0, end - 12) : end]) is not None and (behind := _WORD_BEHIND.match(text, end)) is not None:
        word = behind[1]
        if any(map(str.isdigit, word)) and (any(map(str.isalpha, word)) or (word.isdigit() and len(word) >= _MANY_DIGITS)):
            return behind.start(1), behind.end(1), False
    if _ENDS_AS_KEY.search(text[max(start, end - 10) : end]) is None:
        return None
    separator = _NEXT_OF_PAIR.match(text, end)
    if separator is not None:
        return _value_at(text, separator)
    segment = (_NEXT_SEGMENT.match(text, end) if is_path else None) and _SEGMENT.search(text, end)
    return None if not segment else (segment.start(), segment.end(), False)


def _value_at(text: str, separator: re.Match[str]) -> Place | None:
    value = _VALUE.match(text, separator.end())
    return None if value is None else (value.start(), value.end(), '"' in (separator[0][0], value[0][0]))
