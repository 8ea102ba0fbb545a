"""What a request may look like, in pydantic."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StrictInt, StrictStr, create_model

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _plain_date(value: Any) -> Any:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError("value is not correct")
    if value[:4] in ("0001", "9999"):
        raise ValueError("there is no day before and after in every zone")
    return value


def _no_leap_day(value: date) -> date:
    if value.day > [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][value.month - 1]:
        raise ValueError("no such day")
    return value


def _stripped(value: Any) -> Any:
    return _plain_date(value.strip() if isinstance(value, str) else value)


def _date_type(bug: str) -> Any:
    match bug:
        case "date-left-to-pydantic":
            return date
        case "date-trimmed":
            return Annotated[date, BeforeValidator(_stripped)]
        case "leap-day-refused":
            return Annotated[date, BeforeValidator(_plain_date), AfterValidator(_no_leap_day)]
    return Annotated[date, BeforeValidator(_plain_date)]


def query_model(bug: str) -> type[BaseModel]:
    """Return the model of a request; its fields are spelled as the vendor spells them."""
    whole: Any = int if bug == "number-from-text" else StrictInt
    number = Annotated[whole, Field(ge=0)] if bug == "page-zero-welcome" else Annotated[whole, Field(ge=1)]
    paging: Any = create_model("Paging", PageIndex=(number, ...), PageSize=(number, ...))
    if bug == "paging-shadowed":
        paging = None  # the field "Paging: Optional[Paging] = None" hides the class of the same name
    flag: Any = bool if bug == "flag-from-text" else StrictBool
    users: Any = list[StrictStr] | StrictStr if bug == "one-user-as-text" else list[StrictStr]
    day = _date_type(bug)
    return create_model(
        "SlotQuery",
        FromDate=(day, ...),
        ToDate=(day, None if bug == "to-date-optional" else ...),
        Users=(Annotated[users, Field(min_length=1)], ...),
        IncludeAllowedConflictSlots=(flag, False),
        Paging=(paging, ...) if bug == "paging-mandatory" else (paging | None if paging else None, None),
    )
