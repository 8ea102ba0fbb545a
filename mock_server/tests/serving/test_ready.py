"""When a server in this process is ready, nothing of it is still being built beside the caller."""

import threading

import pytest
from leadsquared_slots.mock_server import MockServer, Settings
from leadsquared_slots.mock_server.serving import flask_app


def test_the_application_is_built_by_the_thread_that_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that make syntax trees at once break CPython 3.11: the caller may do so from the moment on that it has entered."""
    built: list[threading.Thread] = []
    build = flask_app.app_of

    def noted(*given: object, **named: object) -> object:
        built.append(threading.current_thread())
        return build(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(flask_app, "app_of", noted)
    with MockServer(Settings(port=0)):
        assert built == [threading.current_thread()]
    assert len(built) == 1
