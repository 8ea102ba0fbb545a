"""Asks a server whether it is healthy: small, because images run it every few seconds."""

import json
import os
import ssl
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from leadsquared_slots.mock_server.accounts.settings import DEFAULT_PORT


def check_health(url: str | None, timeout: float) -> tuple[bool, str]:
    """Whether the server at a root URL answers healthy within `timeout` seconds, and a line that says so.

    Without a URL it is the one that `lsq-mock serve` would start here. A certificate is not verified: the question is whether the server
    answers, not who it is.
    """
    is_tls = bool(os.environ.get("LSQ_MOCK_TLS") or os.environ.get("LSQ_MOCK_TLS_CERT"))
    root = url or f"http{'s' if is_tls else ''}://127.0.0.1:{os.environ.get('LSQ_MOCK_PORT') or DEFAULT_PORT}"
    where = f"{root.rstrip('/')}/__admin/health"
    if not where.startswith(("http://", "https://")):
        return False, f"{root} is no URL; expected one such as http://127.0.0.1:{DEFAULT_PORT}"
    token = os.environ.get("LSQ_MOCK_ADMIN_TOKEN")
    request = Request(where, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310  (the scheme is checked above)
    try:
        with urlopen(request, timeout=timeout, context=ssl._create_unverified_context()) as answer:  # noqa: S310, S323
            status = json.load(answer).get("status")
    except HTTPError as error:
        with error:
            return False, f"{root} is not healthy: {_said(error)}"
    except (URLError, HTTPException, OSError, ValueError, AttributeError) as error:
        return False, f"{root} is not healthy: {error}"
    return status == "healthy", f"{root} is {status}"


def _said(error: HTTPError) -> str:
    """The status, and why a server that is not ready is not."""
    try:
        return f"{error.code}, {json.load(error)['error']}"
    except (ValueError, KeyError, TypeError, OSError):
        return str(error)
