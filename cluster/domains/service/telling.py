"""What a cloud's service controller tells of a Service that gets or loses its load balancer.

Source: `staging/src/k8s.io/cloud-provider/controllers/service/controller.go`.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.service.service import Service
from cluster.machinery.changes import Change
from cluster.machinery.rule import Event, Teller
from cluster.machinery.snapshot import Snapshot


def tell_of_service(change: Change, snapshot: Snapshot) -> Iterator[Event]:
    """Tell of addresses that the load balancer gave or took back, where there is one (B-65)."""
    old, new = change.old, change.new
    if not isinstance(old, Service) or not isinstance(new, Service):
        return
    if not snapshot.settings.loadbalancer_pool or new.load_balancer_class is not None:
        return
    had, has = bool(old.load_balancer_ingress), bool(new.load_balancer_ingress)
    if had == has:
        return
    now, then = ("Ensuring", "Ensured") if has else ("Deleting", "Deleted")
    for word in (now, then):
        yield Event(change.key, "Normal", f"{word}LoadBalancer", f"{word} load balancer")


TELLERS: dict[str, Teller] = {"Service": tell_of_service}
