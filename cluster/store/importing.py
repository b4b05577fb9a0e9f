"""Uploaded documents on their way into a cluster: adapted, and the Nodes that Pods name made."""

from __future__ import annotations

from cluster.machinery.kind import Claim
from cluster.machinery.manifest import JSON
from cluster.machinery.meta import Key
from cluster.questions import bootstrap
from cluster.questions.importing import adapt, node_named
from cluster.store.operations import create
from cluster.store.results import Options
from cluster.store.transaction import Transaction


def adapted(tx: Transaction, document: JSON, options: Options) -> tuple[JSON, tuple[str, ...]]:
    """Return a document as this cluster can take it, and what was changed in it.

    Only for `mode="import"`; a Node that a Pod says it runs on is made if it is missing, since a
    dump without its Nodes is still a running application.
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
    node = node_named(found.manifest)
    if node and tx.find(Key("", "Node", "", node)) is None:
        create(tx, bootstrap.node(node), Options())
        return found.manifest, (*found.notices, f"Node {node} was made: the Pod runs on it")
    return found.manifest, found.notices
