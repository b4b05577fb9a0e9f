"""Times as the API writes them: RFC 3339, whole seconds, UTC (`2026-01-01T00:00:00Z`).

Nothing here reads a clock; times come in as arguments and compare as text.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def parse_time(text: str) -> datetime:
    """Return the moment that `text` names; raises ValueError where it names none."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def format_time(moment: datetime) -> str:
    """Return `moment` as the API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(text: str, seconds: float) -> str:
    """Return the time `seconds` after `text`."""
    return format_time(parse_time(text) + timedelta(seconds=seconds))


def seconds_between(earlier: str, until: str) -> float:
    """Return how many seconds lie between two times; negative if `until` comes first."""
    return (parse_time(until) - parse_time(earlier)).total_seconds()
