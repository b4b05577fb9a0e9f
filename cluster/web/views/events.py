"""The changes of a cluster, newest first: what happened, to what, by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.machinery.meta import Key
from cluster.questions.query.matching import compile_query
from cluster.questions.query.objects import ClusterWorld
from cluster.runtime.wording import ENGLISH, language, said
from cluster.store import ClusterHandle, find_cluster, log
from cluster.web.access import access_of
from cluster.web.addresses import object_address
from cluster.web.arrivals import FINDING, Mark, Stood, standing
from cluster.web.looking import look
from cluster.web.pages import page
from cluster.web.querying import Asked, Dropped, asked, droppable
from cluster.web.shell import Crumb
from cluster.web.viewquery import changed, query_string

AT_ONCE = 200  # changes on a page; grouping only makes fewer rows of them
MOST_READ = 4_000  # changes looked through for a page that is filtered
SAME = timedelta(seconds=5)  # ux.md 7.7
VERBS = ("added", "modified", "deleted", FINDING)
FILTERS = ("verb", "kind", "ns", "actor")  # of an address, beside its query
MOST_PATHS = 4
LIVE_VERBS = {"added": "added", "modified": "changed", "deleted": "removed", FINDING: FINDING}
"""What the socket calls them, docs/graph.md."""
Test: TypeAlias = Callable[[log.LogEntry], bool]
SIGNS = {"added": "+", "modified": "~", "deleted": "\N{MINUS SIGN}", FINDING: "!"}


@dataclass(frozen=True, slots=True)
class Happening:
    """Changes of one object in quick succession, or a finding that came, told as one row."""

    key: Key
    href: str
    verb: str
    actor: str
    time: datetime
    revision: int
    first: int
    paths: tuple[str, ...]
    count: int = 1
    text: str = ""
    rule: str = ""

    @property
    def sign(self) -> str:
        """The mathematical sign of what happened."""
        return SIGNS[self.verb]

    @property
    def live_verb(self) -> str:
        """What the socket calls it."""
        return LIVE_VERBS[self.verb]

    @property
    def map_query(self) -> str:
        """The query of the map that lights the object."""
        query = {"lvl": "L0"} if self.key.kind == "Namespace" else {}
        if self.key.namespace:
            query = {"lvl": "L1", "ns": self.key.namespace}
        return query_string({**query, "q": f"name:{self.key.name}"})

    @property
    def all_paths(self) -> str:
        """Every changed field, for the script that goes on with the row."""
        return " ".join(self.paths)

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
    query = asked(given)
    with _test(cluster, query, given, access_of(request).sees) as test:
        found, older, marks = _read(
            handle, _before(given.get("before", "")), test, _is_filtered(given)
        )
    stood, further = standing(
        handle, query, given, access_of(request).sees, marks[::-1],
        is_first=not given.get("before"), is_last=older is None,
    )  # fmt: skip
    older_href = changed(given, before=str(older)) if older else ""
    return page(
        request,
        "cluster/events.html",
        section="events",
        cluster=cluster,
        title=_("Events of %(cluster)s") % {"cluster": cluster},
        crumbs=[Crumb(_("events"))],
        handle=handle,
        happenings=_merged(grouped(found, cluster), stood, cluster),
        verbs=[
            {"id": v, "is_on": given.get("verb") == v, "href": _toggle(given, v)} for v in VERBS
        ],
        given={k: v for k, v in given.items() if k in {"q", *FILTERS}},
        query=query,
        further=further,
        dropped=[] if found or stood else _droppable(handle, given, access_of(request).sees),
        values=_values(found),
        kinds={kind: {"icon": ICON_OF[kind], "paint": PAINT_OF[kind]} for kind in ICON_OF},
        is_filtered=_is_filtered(given),
        older_href=older_href,
        newest_href=changed(given, before="") if given.get("before") else "",
        ws_url="" if given.get("before") else _socket(cluster),
    )


def _droppable(
    handle: ClusterHandle, given: Mapping[str, str], sees: Callable[[str], bool]
) -> list[Dropped]:
    """Return which filters may go where no change passes them all."""

    def count(other: Mapping[str, str]) -> int:
        with _test(handle.name, asked(other), other, sees) as test:
            return len(_read(handle, None, test, _is_filtered(other))[0])

    return droppable(given, FILTERS, count, most=AT_ONCE)


def _socket(cluster: str) -> str:
    """Return the address of the socket, which has no cookie to tell the language by."""
    spoken = {} if language() == ENGLISH else {"lang": language()}
    return f"/ws/c/{cluster}/events{query_string(spoken)}"


def _is_filtered(given: Mapping[str, str]) -> bool:
    return any(given.get(name) for name in ("q", *FILTERS))


def _read(
    handle: ClusterHandle,
    before: int | None,
    test: Test,
    is_filtered: bool,  # noqa: FBT001
) -> tuple[list[log.LogEntry], int | None, list[Mark]]:
    """Return the changes of a page, the revision that older ones come before, and what was read.

    A filtered page looks through more of the log, so that it is seldom empty.
    """
    found: list[log.LogEntry] = []
    marks: list[Mark] = []
    while True:
        read = log.recent(handle, before=before, limit=AT_ONCE)
        marks += [(entry.time, entry.revision) for entry in read]
        found += [entry for entry in read if test(entry)]
        if len(read) < AT_ONCE:
            return found, None, marks
        before = read[-1].revision
        if not is_filtered or len(found) >= AT_ONCE or len(marks) >= MOST_READ:
            return found, before, marks


@contextmanager
def _test(
    cluster: str, query: Asked, given: Mapping[str, str], sees: Callable[[str], bool]
) -> Iterator[Test]:
    """Give what the filters of an address say of one change.

    A query asks the object as it is now; the cluster is held still only where there is one.
    """
    if query.is_blank:
        yield lambda entry: sees(entry.key.kind) and _fits(entry, given)
        return
    with look(cluster) as seen:
        world = ClusterWorld(seen.snapshot, seen.facts, sees)
        wanted = compile_query(query.parsed.query, world)

        def test(entry: log.LogEntry) -> bool:
            if not sees(entry.key.kind) or not _fits(entry, given):
                return False
            more = (" ".join(entry.paths), entry.actor)
            return wanted(world.thing(entry.key, more=more, extra=(("status", entry.verb),)))

        yield test


def _values(found: Iterable[log.LogEntry]) -> dict[str, list[str]]:
    """Return the values that the query box completes."""
    keys = [entry.key for entry in found]
    return {
        "kind": sorted({key.kind for key in keys}),
        "ns": sorted({key.namespace for key in keys if key.namespace}),
        "name": sorted({key.name for key in keys}),
        "status": list(VERBS),
    }


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


def _merged(rows: list[Happening], stood: Iterable[Stood], cluster: str) -> list[Happening]:
    """Return changes and findings, newest first; a finding is above the change it came with."""
    found = [
        Happening(
            each.finding.key, object_address(cluster, each.finding.key), FINDING, "", each.since,
            each.revision, each.revision, (each.finding.path,) if each.finding.path else (),
            text=said(each.text), rule=each.finding.rule,
        )
        for each in stood
    ]  # fmt: skip
    if not found:
        return rows
    return sorted([*found, *rows], key=lambda row: (row.time, row.revision), reverse=True)


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


def _fits(entry: log.LogEntry, given: Mapping[str, str]) -> bool:
    """Whether a change passes the filters of the address besides its query."""
    key = entry.key
    return (
        given.get("verb", "") in {"", entry.verb}
        and given.get("ns", "") in {"", key.namespace}
        and given.get("kind", "").lower() in {"", key.kind.lower()}
        and given.get("actor", "") in {"", entry.actor}
    )


def _toggle(given: dict[str, str], verb: str) -> str:
    return changed(given, verb="" if given.get("verb") == verb else verb, before="")


def _before(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
