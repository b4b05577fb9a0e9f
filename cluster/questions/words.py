"""Small words for sentences."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 Pod`, `3 Pods`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str], most: int = 3) -> str:
    """Return `a, b and 4 more`."""
    if len(items) <= most:
        return (
            " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
        )
    return f"{', '.join(items[:most])} and {len(items) - most} more"
