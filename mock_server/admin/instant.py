"""How the admin interface writes an instant."""

from datetime import UTC, datetime


def instant_view(moment: float) -> str:
    """An instant as ISO 8601 in UTC, `2026-03-02T06:00:00Z`."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
