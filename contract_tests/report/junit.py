"""JUnit XML: test cases, and the document around them, which counts them."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring


def case(group: str, name: str, seconds: float = 0) -> Element:
    """Return a test case that passed."""
    return Element("testcase", {"classname": group, "name": name, "time": f"{seconds:.3f}"})


def failed(of: Element, message: str, text: str, **attributes: str) -> None:
    """Make a test case one that failed."""
    SubElement(of, "failure", {"message": _xml(message), **attributes}).text = _xml(text)


def skipped(of: Element, message: str) -> None:
    """Make a test case one that was skipped."""
    SubElement(of, "skipped", {"message": _xml(message)})


def printed(of: Element, text: str) -> None:
    """Give a test case its output."""
    SubElement(of, "system-out").text = _xml(text)


def junit(name: str, cases: Iterable[Element], seconds: float, *, started: str, properties: Mapping[str, str]) -> str:
    """Return the document of one suite. `started` is an instant in UTC, as ISO 8601 writes it."""
    cases = list(cases)
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(each.find("failure") is not None for each in cases)),
        "errors": "0",
        "skipped": str(sum(each.find("skipped") is not None for each in cases)),
        "time": f"{seconds:.3f}",
    }
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": name, "timestamp": started, **counts})
    held = SubElement(suite, "properties")
    for key, value in properties.items():
        SubElement(held, "property", {"name": key, "value": _xml(value)})
    suite.extend(cases)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _xml(text: str) -> str:
    """Return the text with the characters that XML cannot hold, not even escaped, spelt out."""
    return "".join(char if _allowed(ord(char)) else f"\\u{ord(char):04x}" for char in text)


def _allowed(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
