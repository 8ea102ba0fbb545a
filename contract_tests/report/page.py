"""Reports as HTML pages that fetch nothing."""

from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

from leadsquared_slots.contract_tests.run.results import Verdict

PAGES = Path(__file__).parent / "pages"


def page(template: str, filters: dict[str, Callable[..., Any]] | None = None, **values: Any) -> str:
    """Return a page of the folder `pages` with these values, with more filters where it needs them. Every value is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["moment"] = lambda moment: moment.astimezone(UTC).strftime("%d %B %Y, %H:%M UTC")
    environment.filters["css"] = lambda verdict: verdict.value.replace(" ", "-")
    environment.filters |= filters or {}
    return environment.get_template(template).render(Verdict=Verdict, **values)
