"""The traces a reader looked at last, kept in a cookie of their browser.

Nothing of them is kept by the server: whoever reads without a login has them too, no row is
written by looking, and they go with the browser's cookies. A trace is its address; beside it
stands what it came to then, so the list can say so without tracing anew.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cluster.web.preferences import PREFIX, YEAR_SECONDS
from cluster.web.tracing import trace_address

COOKIE = f"{PREFIX}traces"
MOST_KEPT = 12
MOST_BYTES = 2_000
"""Of the cookie: browsers keep 4,096 bytes of one, and servers take 8 kB of all headers."""
FIELDS = ("from", "to", "port", "proto", "reply")
STATES = ("ok", "warn", "deny", "unknown")
_LATEST = 2**33  # seconds: far beyond any clock, well within what a datetime holds


@dataclass(frozen=True, slots=True)
class RecentTrace:
    """One trace: its fields in the order of `FIELDS`, what it came to, when it was looked at."""

    cluster: str
    fields: tuple[str, ...]
    state: str
    seconds: int

    @property
    def given(self) -> dict[str, str]:
        """The fields that the address holds."""
        return {name: text for name, text in zip(FIELDS, self.fields, strict=True) if text}

    @property
    def href(self) -> str:
        """The address of the trace, as things are now."""
        return trace_address(self.cluster, **self.given)

    @property
    def ends(self) -> str:
        """Who connects to whom and where, or whose reply was traced."""
        ends = {
            "source": self.given.get("from", ""), "destination": self.given.get("to", ""),
            "port": self.port,
        }  # fmt: skip
        if "reply" in self.given:
            if self.port:
                return _("the reply of %(destination)s to %(source)s, %(port)s") % ends
            return _("the reply of %(destination)s to %(source)s") % ends
        if self.port:
            return _("%(source)s to %(destination)s, %(port)s") % ends
        return _("%(source)s to %(destination)s") % ends

    @property
    def port(self) -> str:
        """`5432/TCP`, as much of it as was asked for."""
        return "/".join(self.given[name] for name in ("port", "proto") if name in self.given)

    @property
    def word(self) -> str:
        """What it came to, in a word."""
        words = {"ok": _("passes"), "warn": _("passes in part"), "deny": _("blocked")}
        return words.get(self.state, _("not known"))

    @property
    def time(self) -> datetime:
        """When it was looked at last."""
        return datetime.fromtimestamp(self.seconds, UTC)


def recent_traces(request: HttpRequest, cluster: str = "") -> list[RecentTrace]:
    """Return what the cookie of a request holds, newest first; only of `cluster` if given.

    A cookie that is not ours, or not whole, holds nothing.
    """
    text = request.COOKIES.get(COOKIE, "")[: 2 * MOST_BYTES]
    try:
        kept = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return []
    rows = kept if isinstance(kept, list) else []
    found = [trace for row in rows[:MOST_KEPT] if (trace := _read(row)) is not None]
    return [trace for trace in found if not cluster or trace.cluster == cluster]


def _read(row: object) -> RecentTrace | None:
    match row:
        case [str(cluster), [*fields], str(state), int(seconds)] if (
            len(fields) == len(FIELDS)
            and all(isinstance(text, str) for text in fields)
            and state in STATES
            and 0 <= seconds < _LATEST
        ):
            return RecentTrace(cluster, tuple(map(str, fields)), state, seconds)
    return None


def remember(
    request: HttpRequest,
    response: HttpResponse,
    cluster: str,
    given: Mapping[str, str],
    *,
    state: str,
    seconds: int,
) -> None:
    """Put a trace first in the cookie; the oldest make way for it."""
    fields = tuple(given.get(name, "") for name in FIELDS)
    new = RecentTrace(cluster, fields, state if state in STATES else "unknown", seconds)
    others = [t for t in recent_traces(request) if (t.cluster, t.fields) != (cluster, fields)]
    kept = [new, *others][:MOST_KEPT]
    while kept and len(_written(kept)) > MOST_BYTES:
        kept.pop()
    if kept:
        response.set_cookie(
            COOKIE, _written(kept), max_age=YEAR_SECONDS, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def _written(traces: list[RecentTrace]) -> str:
    rows = [[t.cluster, t.fields, t.state, t.seconds] for t in traces]
    return urlsafe_b64encode(orjson.dumps(rows)).decode().rstrip("=")


def forget(response: HttpResponse) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, samesite="Lax")
