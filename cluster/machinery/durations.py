"""Durations as kubectl prints them: `5s`, `3m12s`, `4h`, `2d`.

Source: apimachinery `pkg/util/duration/duration.go` (`HumanDuration`), and
`metatable.ConvertToHumanReadableDateType` for times.
"""

from __future__ import annotations

from datetime import datetime

from cluster.machinery.times import parse_time

UNKNOWN = "<unknown>"
MINUTE, HOUR, DAY = 60, 3600, 86400
# Below the bound a duration is told in these two units; with None the first alone.
_STEPS: tuple[tuple[int, str, int, str | None], ...] = (
    (2 * MINUTE, "s", 1, None),
    (10 * MINUTE, "m", MINUTE, "s"),
    (3 * HOUR, "m", MINUTE, None),
    (8 * HOUR, "h", HOUR, "m"),
    (2 * DAY, "h", HOUR, None),
    (8 * DAY, "d", DAY, "h"),
    (2 * 365 * DAY, "d", DAY, None),
    (8 * 365 * DAY, "y", 365 * DAY, "d"),
)
_SIZES = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}


def human(seconds: float) -> str:
    """Return a duration in one or two units; what lies in the future is `<invalid>`."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    whole = max(whole, 0)
    for bound, unit, size, small in _STEPS:
        if whole < bound:
            rest = whole % size // _SIZES[small] if small else 0
            return f"{whole // size}{unit}" + (f"{rest}{small}" if rest else "")
    return f"{whole // (365 * DAY)}y"


def since(text: str | None, now: datetime) -> str:
    """Return how long ago the time `text` was at `now`; `<unknown>` where it names none."""
    if not text:
        return UNKNOWN
    try:
        return human((now - parse_time(text)).total_seconds())
    except ValueError:
        return text
