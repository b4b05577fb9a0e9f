"""The rule of this domain that writes: the address in an Ingress's status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster.domains.ingress.ingress import Address, Ingress, IngressClass
from cluster.domains.ingress.serving import controller_addresses, controller_rank, serving
from cluster.domains.service.service import Service
from cluster.machinery.changes import Change
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.machinery.rule import NOTHING, Answer, Patch, Rule, View
from cluster.machinery.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class IngressStatus:
    """Served Ingresses carry the addresses of the controller's Service (G-18).

    One that is not served keeps what its own controller wrote; only addresses that are plainly
    this controller's are taken back when it stops serving.
    """

    name: str = "ingress_status"
    kinds: frozenset[str] = frozenset({"Ingress", "IngressClass", "Service"})

    def owners(self, change: Change, snapshot: Snapshot) -> Iterable[Key]:
        """Yield the Ingress, those of a changed class, all when the controller's Service moves."""
        match change.new or change.old:
            case Ingress():
                return [change.key]
            case IngressClass():
                return class_dependents(change.key.name, snapshot)
            case Service():
                return self.all_owners(snapshot) if _moves(change, snapshot) else []
        return []

    def all_owners(self, snapshot: Snapshot) -> Iterable[Key]:
        """Yield every Ingress."""
        return map(snapshot.key_of, snapshot.of(Ingress))

    def derive(self, owner: Key, view: View) -> Answer:
        """Return the patch of `status.loadBalancer` where the addresses differ."""
        snapshot = view.snapshot
        ingress = snapshot.get(Ingress, owner.namespace, owner.name)
        if ingress is None:
            return NOTHING
        addresses = controller_addresses(snapshot)
        if serving(ingress, snapshot).is_served:
            desired = addresses
        else:
            desired = () if ingress.addresses == addresses else ingress.addresses
        if desired == ingress.addresses:
            return NOTHING
        listed: list[JSON] = [_entry(address) for address in desired]
        return Answer((Patch(owner, {"status": {"loadBalancer": {"ingress": listed or None}}}),))


def class_dependents(name: str, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the Ingresses whose class an IngressClass called `name` can decide.

    Those without a class are among them: whether any IngressClass exists matters to them (G-17).
    """
    for word in (name, None):
        for ingress in snapshot.lookup(Ingress, "class", word):
            yield snapshot.key_of(ingress)


def _moves(change: Change, snapshot: Snapshot) -> bool:
    """Whether a changed Service is or was the controller's, and not just the same as before."""
    own = snapshot.settings.ingress_controller
    traits = [
        (controller_rank(version, own), version.load_balancer_ingress)
        for version in (change.old, change.new)
        if isinstance(version, Service)
    ]
    if all(rank is None for rank, _addresses in traits):
        return False
    return len(set(traits)) + (2 - len(traits)) > 1


def _entry(address: Address) -> JSON:
    return {"ip": address.ip} if address.ip else {"hostname": address.hostname}


RULES: tuple[Rule, ...] = (IngressStatus(),)
