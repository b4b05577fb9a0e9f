"""The findings that stand, told among the changes of a cluster at the time when they came.

The log holds changes of objects. When a finding came is kept beside it (`cluster.store.sightings`)
for as long as the finding stands; open pages are told of those that go as they go.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cluster.machinery.findings import Finding
from cluster.machinery.texts import Text, joined
from cluster.questions.query.matching import compile_query
from cluster.questions.query.objects import ClusterWorld
from cluster.questions.seen import is_told
from cluster.store import ClusterHandle, identity, sightings
from cluster.web.looking import look
from cluster.web.querying import Asked

FINDING = "finding"  # the verb, in addresses and queries
AT_ONCE = 200  # findings on a page: the other list has them all
Mark = tuple[datetime, int]
"""A time and the revision of the change that was made then."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A finding that stands, since when, and the last revision at that time."""

    finding: Finding
    since: datetime
    revision: int

    @property
    def text(self) -> Text | str:
        """The rule and what it says, as open pages are told them."""
        return joined(" ", (self.finding.rule, self.finding.message))


def standing(
    handle: ClusterHandle,
    query: Asked,
    given: Mapping[str, str],
    sees: Callable[[str], bool],
    marks: Sequence[Mark],
    *,
    is_first: bool,
    is_last: bool,
) -> tuple[list[Stood], int]:
    """Return the findings that came while the changes of a page were made, and how many more.

    `marks` are those changes, oldest first; the first page goes on to now, the last one back to
    the beginning. Findings whose beginning nobody saw are left out; of many, the gravest stay.
    """
    if given.get("verb", "") not in {"", FINDING} or given.get("actor"):
        return [], 0
    known = sightings(handle)
    times = [time for time, _revision in marks]
    found: list[Stood] = []
    with look(handle.name) as seen:
        world = ClusterWorld(seen.snapshot, seen.facts, sees)
        wanted = None if query.is_blank else compile_query(query.parsed.query, world)
        for finding in seen.facts.all() if known else ():
            since = known.get(identity(finding))
            if since is None or not _fits(finding, given) or not is_told(finding, sees):
                continue
            place = bisect_right(times, since)
            if (place == 0 and not is_last) or (place == len(times) and not is_first):
                continue
            thing = world.thing(
                finding.key,
                more=(finding.message, finding.path),
                extra=(("status", FINDING),),
                only=(("finding", finding.rule),),
            )
            if wanted is None or wanted(thing):
                revision = marks[place - 1][1] if place else 0
                found.append(Stood(finding, since, revision))
    return found[:AT_ONCE], max(0, len(found) - AT_ONCE)


def _fits(finding: Finding, given: Mapping[str, str]) -> bool:
    key = finding.key
    return (
        given.get("ns", "") in {"", key.namespace}
        and given.get("kind", "").lower() in {"", key.kind.lower()}
    )  # fmt: skip
