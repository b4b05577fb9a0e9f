"""Names of generated objects: stable for equal input, never taken, new after a deletion.

The five characters come from the owner's name, the revision of the snapshot and a count, so that
a Pod that replaces a deleted one gets another name (I-5, I-10, A-17).
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.workload.pod import Pod
from cluster.machinery.meta import Key
from cluster.machinery.rule import View

PREFIX_MAXIMUM = 58  # 63 less the five characters that follow


def pod_names(view: View, owner: Key, prefix: str, *parts: str) -> Iterator[str]:
    """Yield free Pod names beginning with `prefix` for an owner, without end.

    `parts` tell apart what one owner names in one step (a Node, an index).
    """
    snapshot = view.snapshot
    step = str(snapshot.revision)
    number = 0
    while True:
        name = prefix[:PREFIX_MAXIMUM] + view.suffix(
            owner.kind, owner.namespace, owner.name, step, *parts, str(number)
        )
        number += 1
        if snapshot.get(Pod, owner.namespace, name) is None:
            yield name
