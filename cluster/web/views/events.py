"""The changes of a cluster, newest first: what happened, to what, by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.meta import Key
from cluster.store import log
from cluster.store.handles import find_cluster
from cluster.web.access import access_of
from cluster.web.addresses import object_address
from cluster.web.pages import page
from cluster.web.shell import Crumb
from cluster.web.viewquery import changed

AT_ONCE = 200  # changes read for a page; grouping and filters only make fewer rows of them
SAME = timedelta(seconds=5)  # ux.md 7.7
VERBS = ("added", "modified", "deleted")
MOST_PATHS = 4
SIGNS = {"added": "+", "modified": "~", "deleted": "\N{MINUS SIGN}"}


@dataclass(frozen=True, slots=True)
class Happening:
    """Changes of one object in quick succession, told as one row."""

    key: Key
    href: str
    verb: log.LogVerb
    actor: str
    time: datetime
    revision: int
    first: int
    paths: tuple[str, ...]
    count: int = 1

    @property
    def sign(self) -> str:
        """The mathematical sign of what happened."""
        return SIGNS[self.verb]

    @property
    def shown_paths(self) -> tuple[str, ...]:
        """The changed fields that fit a row."""
        return self.paths[:MOST_PATHS]

    @property
    def more_paths(self) -> int:
        """How many changed fields do not fit."""
        return max(0, len(self.paths) - MOST_PATHS)


def events(request: HttpRequest, cluster: str) -> HttpResponse:
    """Show a page of the log; `before` a revision goes on to older changes."""
    handle = find_cluster(cluster)
    given = request.GET.dict()
    read = log.recent(handle, before=_before(given.get("before", "")), limit=AT_ONCE)
    access = access_of(request)
    found = [entry for entry in read if access.sees(entry.key.kind) and _fits(entry, given)]
    older = read[-1].revision if len(read) == AT_ONCE else None
    return page(
        request,
        "cluster/events.html",
        section="events",
        cluster=cluster,
        title=_("Events of %(cluster)s") % {"cluster": cluster},
        crumbs=[Crumb(_("events"))],
        handle=handle,
        happenings=grouped(found, cluster),
        verbs=[
            {"id": v, "is_on": given.get("verb") == v, "href": _toggle(given, v)} for v in VERBS
        ],
        given=given,
        kinds={kind: {"icon": ICON_OF[kind], "paint": PAINT_OF[kind]} for kind in ICON_OF},
        is_filtered=bool(given.keys() & {"verb", "kind", "ns", "q", "actor"}),
        older_href=changed(given, before=str(older)) if older else "",
        newest_href=changed(given, before="") if given.get("before") else "",
        ws_url="" if given.get("before") else f"/ws/c/{cluster}/events",
    )


def grouped(entries: Iterable[log.LogEntry], cluster: str) -> list[Happening]:
    """Return rows, newest first: changes of one object within five seconds are one row.

    `entries` come newest first. Added and then modified is still added.
    """
    rows: list[Happening] = []
    latest: dict[Key, int] = {}
    for entry in entries:
        position = latest.get(entry.key)
        if position is not None:
            row = rows[position]
            if row.time - entry.time <= SAME and row.verb != "deleted" != entry.verb:
                rows[position] = _joined(row, entry)
                continue
        latest[entry.key] = len(rows)
        rows.append(_happening(entry, cluster))
    return rows


def _happening(entry: log.LogEntry, cluster: str) -> Happening:
    return Happening(
        entry.key, object_address(cluster, entry.key), entry.verb, entry.actor, entry.time,
        entry.revision, entry.revision, entry.paths,
    )  # fmt: skip


def _joined(row: Happening, earlier: log.LogEntry) -> Happening:
    paths = tuple(dict.fromkeys((*earlier.paths, *row.paths)))
    actors = ", ".join(dict.fromkeys((*row.actor.split(", "), earlier.actor)))
    return Happening(
        row.key, row.href, earlier.verb, actors, row.time,
        row.revision, earlier.revision, paths, row.count + 1,
    )  # fmt: skip


def _fits(entry: log.LogEntry, given: dict[str, str]) -> bool:
    """Whether a change passes the filters of the address."""
    key = entry.key
    text = given.get("q", "").strip().lower()
    return (
        given.get("verb", "") in {"", entry.verb}
        and given.get("ns", "") in {"", key.namespace}
        and given.get("kind", "").lower() in {"", key.kind.lower()}
        and given.get("actor", "") in {"", entry.actor}
        and (not text or text in f"{key} {' '.join(entry.paths)} {entry.actor}".lower())
    )


def _verbs(given: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"id": verb, "is_on": given.get("verb") == verb, "href": _toggle(given, verb)}
        for verb in VERBS
    ]


def _toggle(given: dict[str, str], verb: str) -> str:
    return changed(given, verb="" if given.get("verb") == verb else verb, before="")


def _before(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
