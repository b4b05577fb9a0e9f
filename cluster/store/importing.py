"""Uploaded documents on their way into a cluster: adapted, and room made for them.

A dump without its Nodes is still a running application, so the Nodes that its Pods name are made;
and a dump with its DNS servers needs no others beside them.
"""

from __future__ import annotations

from collections.abc import Iterator

from cluster.catalog import KINDS
from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON, Manifest, integer_at, mapping_at, text_at
from cluster.machinery.meta import Key
from cluster.questions import bootstrap
from cluster.questions.importing import adapt, is_dump, node_named
from cluster.store import collect
from cluster.store.operations import create
from cluster.store.results import Deletion, Options
from cluster.store.transaction import Transaction


def adapted(tx: Transaction, document: JSON, options: Options) -> tuple[JSON, tuple[str, ...]]:
    """Return a document as this cluster can take it, and what was changed in it.

    Only for `mode="import"`; a Node that a Pod says it runs on is made if it is missing.
    """
    if options.mode != "import" or not isinstance(document, dict):
        return document, ()
    meta = document.get("metadata")
    name = meta.get("name") if isinstance(meta, dict) else None
    namespace = meta.get("namespace") if isinstance(meta, dict) else None
    own = Key("", "Service", str(namespace or options.namespace or "default"), str(name))

    def is_taken(ip: str) -> bool:
        return tx.pools.holder(Claim("ip", ip)) not in {None, own}

    found = adapt(document, tx.cluster.settings, is_taken)
    return found.manifest, (*found.notices, *_prepare(tx, found.manifest))


def _prepare(tx: Transaction, manifest: Manifest) -> Iterator[str]:
    """Make the Node that a Pod needs, and room where it brings what the cluster had built in."""
    node = node_named(manifest)
    if node and tx.find(Key("", "Node", "", node)) is None:
        create(tx, bootstrap.node(node), Options())
        yield f"Node {node} was made: the Pod runs on it"
    built_in = tx.manifest(bootstrap.DNS_SERVER) if _is_dns_server(manifest) else None
    if built_in is not None and integer_at(built_in, "metadata", "generation") == 1:
        kind = KINDS[bootstrap.DNS_SERVER.kind]  # nobody has changed it since the cluster was made
        collect.delete(tx, kind, bootstrap.DNS_SERVER, Deletion(grace_seconds=0))
        yield "the cluster's own DNS servers make way for the dump's"


def _is_dns_server(manifest: Manifest) -> bool:
    return (
        is_dump(manifest)
        and manifest.get("kind") == "Pod"
        and text_at(manifest, "metadata", "namespace") == bootstrap.DNS_SERVER.namespace
        and bootstrap.DNS_LABELS.items() <= mapping_at(manifest, "metadata", "labels").items()
    )
