"""Tables for spreadsheets: cells that no program takes for a formula."""

from __future__ import annotations

RISKY = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str | int) -> str | int:
    """Return a CSV cell, led by an apostrophe where it would be run (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell
