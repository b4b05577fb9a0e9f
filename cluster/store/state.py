"""The cluster as admission sees it: settings, what is taken, and the objects it asks about."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.engine.pools import PoolsFor
from cluster.machinery.kind import Pools
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.machinery.settings import ClusterSettings
from cluster.store.transaction import Transaction


class StoredCluster:
    """A locked cluster for the admission of one object (`cluster.engine.admission`)."""

    def __init__(self, transaction: Transaction, key: Key) -> None:
        """Look at the cluster of `transaction` as `key`, whose own claims count as free."""
        self._transaction = transaction
        self._key = key

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""
        return self._transaction.cluster.settings

    @property
    def pools(self) -> Pools:
        """The addresses and ports that others have taken."""
        return PoolsFor(self._transaction.pools, self._key)

    def existing(self, kind: str, namespace: str = "") -> Iterator[Manifest]:
        """Yield the stored manifests of one kind (in one namespace), name order."""
        return (manifest for _key, manifest in self._transaction.of_kind(kind, namespace))

    def namespace(self, name: str) -> Manifest | None:
        """Return the stored Namespace called `name`, None where there is none."""
        return self._transaction.manifest(Key("", "Namespace", "", name))
