"""Which Secret's certificate a TLS client gets (G-38). TLS hosts route nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cluster.domains.ingress.ingress import Ingress
from cluster.domains.ingress.matching import host_patterns
from cluster.domains.ingress.serving import serving
from cluster.domains.workload.records import TLS_SECRET, Secret
from cluster.machinery.drawing import Reason
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import say

_FAKE = say("the controller's own certificate is shown")


class Certificate(NamedTuple):
    """The Secret (`ns/name`) of the certificate shown, None for the controller's own."""

    secret: str | None
    why: Reason


class _Entry(NamedTuple):
    """One entry of `spec.tls`."""

    ingress: Ingress
    position: int
    secret_name: str


def certificate(snapshot: Snapshot, server_name: str) -> Certificate:
    """Return the certificate for the name that a TLS client asks for, empty for none.

    Hosts are matched as those of rules are; of equal ones the oldest Ingress's counts.
    """
    for pattern in host_patterns(server_name):
        found = min(_entries(snapshot, pattern), key=_age, default=None)
        if found is not None:
            return _of_entry(snapshot, found)
    text = say("No TLS host is {name}: {shown}.", name=server_name or say("empty"), shown=_FAKE)
    return Certificate(None, Reason(text, value=server_name))


def _entries(snapshot: Snapshot, pattern: str) -> Iterator[_Entry]:
    """Yield the entries for a host; one without hosts is for every host."""
    for ingress in snapshot.lookup(Ingress, "tls_host", pattern):
        if serving(ingress, snapshot).is_served:
            for position, tls in enumerate(ingress.tls):
                if pattern in tls.hosts or (not pattern and not tls.hosts):
                    yield _Entry(ingress, position, tls.secret_name)


def _age(entry: _Entry) -> tuple[tuple[str, str, str], int]:
    return (entry.ingress.age_order, entry.position)


def _of_entry(snapshot: Snapshot, entry: _Entry) -> Certificate:
    """Return the entry's Secret if a certificate can be read from it."""
    meta = entry.ingress.meta
    source, path = (
        f"Ingress {meta.namespace}/{meta.name}",
        f"spec.tls[{entry.position}].secretName",
    )
    name = f"{meta.namespace}/{entry.secret_name}"
    if not entry.secret_name:
        return Certificate(
            None, Reason(say("No Secret is named: {shown}.", shown=_FAKE), source, path)
        )
    secret = snapshot.get(Secret, meta.namespace, entry.secret_name)
    if secret is None:
        text = say("Secret {name} does not exist: {shown}.", name=name, shown=_FAKE)
        return Certificate(None, Reason(text, source, path, entry.secret_name))
    if secret.type != TLS_SECRET:
        text = say(
            "Secret {name} is not of type {wanted}: {shown}.",
            name=name,
            wanted=TLS_SECRET,
            shown=_FAKE,
        )
        return Certificate(None, Reason(text, f"Secret {name}", "type", secret.type))
    text = say("The certificate of Secret {name} is shown.", name=name)
    return Certificate(name, Reason(text, source, path, entry.secret_name))
