"""From a clone to a passing test of a 429, in Python with nothing but the standard library and pytest.

    git clone REPOSITORY slots && pip install ./slots pytest        # or without a clone: pip install git+REPOSITORY pytest
    pytest slots/docker/recipes/python/test_limit.py

The fixture `lsq` comes with the package: an emulator, and a fresh account on it for every test.
"""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

QUESTION = {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["zoo@lsqdev.in"], "IncludeAllowedConflictSlots": False}


def slots(url: str, access_key: str, secret_key: str) -> Any:
    """The application under test: its client knows nothing of an emulator."""
    headers = {"Content-Type": "application/json", "x-LSQ-AccessKey": access_key, "x-LSQ-SecretKey": secret_key}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(QUESTION).encode(), headers), timeout=10) as reply:
        return json.load(reply)


@pytest.mark.lsq(rate_limit="3/5s", now="2026-03-02T03:30:00Z")
def test_the_fourth_call_is_refused_until_the_window_has_passed(lsq: Any) -> None:
    """No second of the five is waited for: the account has a clock of its own."""
    for _ in range(3):
        assert slots(lsq.url, lsq.access_key, lsq.secret_key)["RecordCount"] == 1
    with pytest.raises(urllib.error.HTTPError) as refused:
        slots(lsq.url, lsq.access_key, lsq.secret_key)
    assert refused.value.code == 429
    assert json.load(refused.value)["ExceptionType"] == "MXAPIRateLimitExceededException"
    lsq.clock.advance(5)
    assert slots(lsq.url, lsq.access_key, lsq.secret_key)["RecordCount"] == 1
