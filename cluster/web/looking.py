"""Looking at a cluster: this process's replica held still, or the cluster as it once was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from cluster.domains.workload.namespace import Namespace
from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.times import format_time
from cluster.questions.facts import Facts
from cluster.questions.views import view_json
from cluster.questions.views.request import BadParameter
from cluster.runtime.past import histories
from cluster.runtime.replica import replicas
from cluster.web.viewquery import revision_in

PATIENCE_SECONDS = 1.0


class MalformedView(BadRequest):
    """400: a parameter of a view cannot be meant; its name, and why."""

    def __init__(self, error: BadParameter) -> None:
        """Say both."""
        super().__init__(error.message)
        self.parameter = error.name
        self.fault = error.fault


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to see at one revision; never to be kept or changed."""

    cluster: str
    revision: int
    time: datetime
    snapshot: Snapshot
    facts: Facts


@contextmanager
def look(cluster: str) -> Iterator[Seen]:
    """Give a cluster as it is now, held still while the block runs.

    Raises NotFound, and Loading for a big cluster that nobody has read yet.
    """
    replica = replicas[cluster]
    replica.expect(PATIENCE_SECONDS)
    with replica.reading() as reading:
        yield Seen(cluster, reading.revision, reading.time, reading.snapshot, reading.facts)


@contextmanager
def look_at(cluster: str, revision: int) -> Iterator[Seen]:
    """Give a cluster as it was at a revision of its log; raises NotFound, and Gone before it."""
    with histories[cluster].at(revision) as past:
        yield Seen(cluster, past.revision, past.time, past.snapshot, past.facts)


def draw(
    cluster: str, query: Mapping[str, str], sees: Callable[[str], bool] | None = None
) -> Manifest:
    """Return the graph of a view (docs/graph.md), now or at the query's revision.

    Its queries find nothing by kinds that `sees` refuses; these are still to be withheld.

    Raises NotFound for a cluster or object that is not there, BadRequest for a malformed query.
    """
    at = revision_in(query)
    looking = look(cluster) if at is None else look_at(cluster, at)
    with looking as seen:
        try:
            return view_json(
                seen.snapshot, seen.facts, query,
                revision=seen.revision, time=format_time(seen.time), cluster=cluster,
                sees=sees,
            )  # fmt: skip
        except BadParameter as error:
            raise MalformedView(error) from error
        except ValueError as error:
            raise BadRequest(str(error)) from error


def namespaces_in(cluster: str) -> list[str]:
    """Return the names of a cluster's Namespaces, sorted."""
    with look(cluster) as seen:
        return sorted(item.meta.name for item in seen.snapshot.of(Namespace))
