"""The index of policies that stands beside a Snapshot, and what one change alters in it.

One index per Snapshot, made when a question first needs it and kept in step from then on; it
follows from the objects alone, so making it anew gives the same answers. Where a cluster has no
policy, nobody asks and none is made.
"""

from __future__ import annotations

from collections.abc import Callable

from cluster.domains.policy.blocks import locate
from cluster.domains.policy.classes import Cell, PodClass
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.ports import names_of
from cluster.domains.workload.pod import Pod
from cluster.machinery.changes import Change
from cluster.machinery.snapshot import Snapshot


def standing_index(snapshot: Snapshot) -> PolicyIndex:
    """Return the index of a Snapshot, as its objects are now."""
    return snapshot.beside(PolicyIndex.of)


def altered_cells(change: Change, index: PolicyIndex) -> list[Pod]:
    """Return the versions of a Pod whose cell came or went with `change`, old before new.

    One more Pod like another one of its namespace alters none.
    """
    old, new = _members(change, index)
    old_cell = None if old is None else _cell_like(index, old)
    new_cell = None if new is None else _cell_like(index, new)
    found = [old] if old is not None and old_cell is None else []
    is_first = new_cell is not None and new_cell is not old_cell and len(new_cell.members) == 1
    return [*found, new] if new is not None and is_first else found


def altered_classes(
    change: Change, index: PolicyIndex, sort: Callable[[Pod], object]
) -> list[Pod]:
    """Return the versions of a Pod with which a sort of Pods of a class came or went.

    `sort` tells apart, within a class, what policies do not.
    """
    old, new = _members(change, index)
    old_class = None if old is None else _class_like(index, old)
    new_class = None if new is None else _class_like(index, new)
    found: list[Pod] = []
    if old is not None and not _has(old_class, sort(old), sort, but=new):
        found.append(old)
    if new is not None and not _has(new_class, sort(new), sort, but=new):
        found.append(new)
    is_same = len(found) == 2 and old_class is new_class  # noqa: PLR2004 - before and after
    return [] if is_same and sort(found[0]) == sort(found[1]) else found


def _members(change: Change, index: PolicyIndex) -> tuple[Pod | None, Pod | None]:
    old, new = (
        one if isinstance(one, Pod) and not index.conventions.obstacle(one) else None
        for one in (change.old, change.new)
    )
    return old, new


def _has(
    pod_class: PodClass | None, wanted: object, sort: Callable[[Pod], object], *, but: Pod | None
) -> bool:
    """Whether a class has a Pod of a sort, other than `but`."""
    if pod_class is None:
        return False
    return any(
        member.pod is not None and member.pod is not but and sort(member.pod) == wanted
        for member in pod_class.members
    )


def _cell_like(index: PolicyIndex, pod: Pod) -> Cell | None:
    """Return the cell of Pods like this one, None where there is none now."""
    is_node = index.conventions.is_node_traffic(pod)
    meta = pod.meta
    group = index.hosts if is_node else index.atoms.known_group(meta.namespace, meta.labels)
    addresses = index.blocks.known_set(locate(pod.ips))
    if group is None or addresses is None:
        return None
    return group.cells.get((addresses, () if is_node else names_of(pod)))


def _class_like(index: PolicyIndex, pod: Pod) -> PodClass | None:
    """Return the class of Pods that policies do not tell from this one, None without one."""
    cell = _cell_like(index, pod)
    if cell is not None:
        return cell.pod_class
    space = index.atoms.spaces.get(pod.meta.namespace)
    addresses = index.blocks.known_set(locate(pod.ips))
    if space is None or addresses is None or index.conventions.is_node_traffic(pod):
        return None
    selected, peers = index.atoms.met_by(space, pod.meta.labels)
    return index.classes.all.get((space, selected, peers, addresses, names_of(pod), False))
