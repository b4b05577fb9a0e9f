"""Why a text is no manifest: what the readers raise and `decode` reports."""

from __future__ import annotations


class Unreadable(ValueError):
    """One document cannot be read.

    `line` counts from 1 within the text that was given to the reader, None where it is not known;
    `field` is the path of the member to blame, where there is one.
    """

    def __init__(
        self, message: str, *, line: int | None = None, field: str = "", remedy: str = ""
    ) -> None:
        """Keep the words, the place and what to do about it."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.field = field
        self.remedy = remedy
