"""The calls that show what the emulator is: its health, its documents, the rules, and the scenarios that come with it."""

import json
from typing import Any

from flask import request
from leadsquared_slots.mock_server.accounts.scenario import built_in_scenarios
from leadsquared_slots.mock_server.admin import views as views
from leadsquared_slots.mock_server.admin.call import Answer, BadCall, Call
from leadsquared_slots.mock_server.admin.health import health_view
from leadsquared_slots.mock_server.contract.admin_openapi import admin_openapi_document
from leadsquared_slots.mock_server.contract.bundled import bundled_schema
from leadsquared_slots.mock_server.contract.documents import ledger
from leadsquared_slots.mock_server.contract.openapi import OpenAPIVersion, answered, of_one_status, openapi_document, server_url


def health(call: Call) -> Answer:
    """Whether the emulator is ready, and how it was started."""
    return Answer(call.do(lambda account: health_view(call.emulator, account)))


def openapi(call: Call) -> Answer:
    """The vendor contract, one self-contained document, whose server is the host that was asked, and whose answers are the account's.

    With `status` it knows that answer alone.
    """
    version = call.arguments.get("version", OpenAPIVersion.V3_1)
    if version not in [*OpenAPIVersion]:
        raise BadCall(f"version is {version!r}", f"expected {' or '.join(OpenAPIVersion)}")

    def example(request: Any) -> Any:
        body = call.do(lambda account: call.emulator.example(account, json.dumps(request).encode()))
        return None if body is None else json.loads(body)

    whole = answered(openapi_document(version, server=_server(call)), example)
    if "status" not in call.arguments:
        return Answer(whole)
    try:
        return Answer(of_one_status(whole, call.arguments["status"]))
    except ValueError as error:
        told, _, expected = str(error).partition(", ")
        raise BadCall(told, expected) from None


def admin_openapi(call: Call) -> Answer:
    """The OpenAPI document of the admin interface itself."""
    return Answer(admin_openapi_document(_server(call)))


def _server(call: Call) -> str | None:
    """The absolute URL of the host that was asked; None where its Host header names none."""
    settings = call.emulator.settings
    scheme = "https" if settings.tls or settings.tls_cert else request.scheme
    return server_url(scheme, request.headers.get("Host", ""))


def scenario_schema(call: Call) -> Answer:
    """The JSON Schema of scenario files, one self-contained document."""
    return Answer(bundled_schema("scenario"))


def profile_schema(call: Call) -> Answer:
    """The JSON Schema of profile files, one self-contained document."""
    return Answer(bundled_schema("profile"))


def rules(call: Call) -> Answer:
    """The ledger."""
    return Answer({"rules": [views.rule_view(rule) for rule in ledger().values()]})


def get_scenarios(call: Call) -> Answer:
    """The scenarios that can be chosen by name."""
    return Answer({"scenarios": [{"name": scenario.name, "title": scenario.title} for scenario in built_in_scenarios()]})
