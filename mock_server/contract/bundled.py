"""The schemas of files that people write, each bundled into one document for editors: nothing in it refers to another file."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from .documents import SCHEMAS

BUNDLED = ("scenario", "profile")
"""The schemas that are served and printed bundled."""
_ENDING = ".schema.json"


def bundled_file(name: str) -> Path:
    """Return the shipped copy of a bundled schema, which `#:schema` lines name."""
    return SCHEMAS / "bundled" / f"{name}{_ENDING}"


def bundled_text(name: str) -> str:
    """Return a bundled schema as the text of its file."""
    return json.dumps(bundled_schema(name), indent=2, ensure_ascii=False) + "\n"


def bundled_schema(name: str) -> dict[str, Any]:
    """Return the schema of scenario or profile files as one document without `$id`: Taplo and other editors resolve no relative one.

    What it takes of other files stands in its `$defs`, under names such as `request-address`. Raises KeyError for another name.
    """
    if name not in BUNDLED:
        raise KeyError(name)
    return deepcopy(_bundled(name))


@cache
def _bundled(name: str) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    whole: dict[str, Any] = _self_contained(_read(name), parts)
    for key in [*parts]:  # what is taken refers to no third file
        parts[key] = _self_contained(parts[key], {})
    whole["$defs"] = {**whole.get("$defs", {}), **parts}
    return whole


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}{_ENDING}").read_text("utf-8"))
    content.pop("$id", None)
    return content


def _self_contained(node: Any, parts: dict[str, Any]) -> Any:
    """A schema whose references to other files lead to `$defs`; what they refer to is put into `parts`."""
    if isinstance(node, list):
        return [_self_contained(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _self_contained(value, parts) for key, value in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str) and not reference.startswith("#"):
        file, _, pointer = reference.partition("#/$defs/")
        stem = file.removesuffix(_ENDING)
        key = f"{stem}-{pointer}" if pointer else stem
        content = _read(stem)
        parts[key] = content["$defs"][pointer] if pointer else {k: v for k, v in content.items() if k != "$schema"}
        changed["$ref"] = f"#/$defs/{key}"
    return changed


if __name__ == "__main__":
    for each in BUNDLED:
        bundled_file(each).write_text(bundled_text(each), "utf-8")
