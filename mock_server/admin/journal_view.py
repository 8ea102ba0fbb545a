"""How the page shows an exchange: its JSON in lines, and the call as curl."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

_SENT = ("content-type", "accept", "prefer")


def pretty(body: str) -> str:
    """JSON in lines; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def curl(exchange: Mapping[str, Any], root: str) -> str:
    """The call as a line for a shell, with keys from the environment: the journal does not know them."""
    words = ["curl", "-sS"] + ([] if exchange["method"] == "POST" and exchange["body"] else ["-X", exchange["method"]])
    words.append(root + exchange["urlPath"])
    for name in _SENT:
        if name in exchange["headers"]:
            words += ["-H", f"{name}: {exchange['headers'][name]}"]
    line = shlex.join(words)
    if any(name.startswith("x-lsq") for name in exchange["headers"]) or exchange["query"]:
        line += ' -H "x-LSQ-AccessKey: $LSQ_ACCESS_KEY" -H "x-LSQ-SecretKey: $LSQ_SECRET_KEY"'
    return line + (f" --data-raw {shlex.quote(exchange['body'])}" if exchange["body"] else "")
