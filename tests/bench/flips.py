"""Making one Pod of a Service unready and ready again, as the drill of the dashboard does."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.domains.service.service import Service
from cluster.domains.workload.pod import READY_ANNOTATION
from cluster.machinery.meta import Key
from cluster.questions.slices import endpoint_rows
from cluster.runtime.replica import Replica
from cluster.store import patch

MOST_PODS = 40


@dataclass(frozen=True)
class Busy:
    """A Service, and the names of its ready Pods."""

    namespace: str
    name: str
    pods: list[str]

    def flip(self, turn: int) -> int:
        """Make a Pod unready in even turns, ready again in odd ones; returns the revision."""
        pod = self.pods[turn // 2 % len(self.pods)]
        mark = "false" if turn % 2 == 0 else None
        written = patch(
            cluster="big",
            address=Key("", "Pod", self.namespace, pod),
            change={"metadata": {"annotations": {READY_ANNOTATION: mark}}},
            patch_type="merge",
            actor="bench",
        )
        return written.revision


def busy_service(replica: Replica) -> Busy:
    """Return the Service of cluster `big` with most ready Pods, up to 40."""
    best = Busy("", "", [])
    with replica.reading() as reading:
        for service in reading.snapshot.sorted(Service):
            rows = [row for row in endpoint_rows(reading.snapshot, service) if row.ready]
            names = [row.pod.meta.name for row in rows if row.pod is not None]
            if len(best.pods) < len(names) <= MOST_PODS:
                best = Busy(service.meta.namespace, service.meta.name, names)
    return best
