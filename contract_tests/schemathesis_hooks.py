"""What Schemathesis has to be told beside the OpenAPI document: the two rules of a request that JSON Schema cannot express.

SCHEMATHESIS_HOOKS=leadsquared_slots.contract_tests.schemathesis_hooks schemathesis run URL/__admin/openapi.json ...
"""

from datetime import date, timedelta
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Valid bodies get dates in order and at most 100 days apart (rules request.date-order and request.range-101).

    Nothing else of a case is touched, and invalid ones not at all: so `positive_data_acceptance` may insist that every valid body is
    answered, instead of being told that a 400 will do.
    """
    body: Any = case.body
    if case.meta is None or not case.meta.generation.mode.is_positive or not isinstance(body, dict):
        return
    first, last = sorted(date.fromisoformat(body[name]) for name in ("FromDate", "ToDate"))
    body |= {"FromDate": first.isoformat(), "ToDate": min(last, first + timedelta(days=min(100, (last - first).days))).isoformat()}
