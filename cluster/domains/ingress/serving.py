"""Which Ingresses the simulated controller serves, and on which addresses.

Another controller's Ingresses are stored and shown, but nothing answers for them here.
Source: semantics.md G-16 to G-18 (Project rules modelled on ingress-nginx).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cluster.domains.ingress.ingress import Address, Ingress, IngressClass
from cluster.domains.service.service import Service
from cluster.machinery.snapshot import Snapshot

NAME_LABEL = "app.kubernetes.io/name"
CONTROLLER_ANNOTATION = "netviz.io/ingress-controller"

Outcome: TypeAlias = Literal["served", "other controller", "no such class", "no class"]


@dataclass(frozen=True, slots=True)
class Serving:
    """Whether an Ingress is served, and why; `controller` is whose its class is, if known."""

    outcome: Outcome
    controller: str = ""

    @property
    def is_served(self) -> bool:
        """Whether the simulated controller answers for it."""
        return self.outcome == "served"


def controller_words(controller: str) -> frozenset[str]:
    """Return the names a controller goes by: `k8s.io/ingress-nginx` is ingress-nginx and nginx."""
    last = controller.rpartition("/")[2]
    return frozenset({last, last.removeprefix("ingress-")}) - {""}


def serving(ingress: Ingress, snapshot: Snapshot) -> Serving:
    """Return whether the class of `ingress` leads to the controller of the settings (G-17)."""
    own = snapshot.settings.ingress_controller
    word = ingress.class_word
    if word is None:
        # Without any IngressClass there is nothing to ask for, and controllers take what comes.
        is_alone = snapshot.count(IngressClass) == 0
        return Serving("served", own) if is_alone else Serving("no class")
    found = snapshot.get(IngressClass, "", word)
    if found is not None:
        outcome: Outcome = "served" if found.controller == own else "other controller"
        return Serving(outcome, found.controller)
    is_named = ingress.class_name is None and word in controller_words(own)
    return Serving("served", own) if is_named else Serving("no such class")


def controller_service(snapshot: Snapshot) -> Service | None:
    """Return the LoadBalancer Service through which the controller is reached, None without one.

    It is annotated with the controller, or labelled with its name, or with any ingress
    controller's name; of several the first by namespace and name.
    """
    ranked = [
        (rank, service.meta.namespace, service.meta.name, service)
        for service in snapshot.lookup(Service, "trait", "load_balancer")
        if (rank := controller_rank(service, snapshot.settings.ingress_controller)) is not None
    ]
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None


def controller_rank(service: Service, controller: str) -> int | None:
    """Return how plainly a Service is the controller's: 0 says so, None does not."""
    if service.type != "LoadBalancer":
        return None
    if service.meta.annotations.get(CONTROLLER_ANNOTATION) == controller:
        return 0
    name = service.meta.labels.get(NAME_LABEL, "")
    if name in controller_words(controller):
        return 1
    return 2 if "ingress" in name else None


def controller_addresses(snapshot: Snapshot) -> tuple[Address, ...]:
    """Return where served Ingresses are answered, in the order of the Service's status (G-18)."""
    service = controller_service(snapshot)
    if service is None:
        return ()
    return tuple(Address(entry.ip, entry.hostname) for entry in service.load_balancer_ingress)
