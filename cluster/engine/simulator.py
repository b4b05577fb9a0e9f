"""A cluster in memory: the store's rules without a database.

`netviz ask` and the commands that take files use it, and so do scenario tests. It admits writes as
the store does and settles them with the same engine. Time stands still: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cluster.engine.admission import Mode, Request, create, delete, update
from cluster.engine.collect import Released, cascade
from cluster.engine.engine import Engine, Step
from cluster.engine.patching import check_identity, read_patched
from cluster.engine.pools import PoolsFor, TakenPools
from cluster.engine.reading import FieldValidation, Read, read
from cluster.machinery.errors import already_exists, not_found
from cluster.machinery.kind import Kind, Kinds, Pools
from cluster.machinery.manifest import JSON, Manifest, copy, mapping_at, merge, text_at
from cluster.machinery.meta import Key
from cluster.machinery.rule import Rule, Teller
from cluster.machinery.settings import ClusterSettings
from cluster.machinery.snapshot import Snapshot

NOW = "2026-01-01T00:00:00Z"
_OWN_UIDS = "00000000-0000-4000-8000-"
"""What the uids that a simulator makes begin with."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write stored (None: removed at once) and the warnings that came with it."""

    key: Key
    manifest: Manifest | None
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _State:
    """The simulator as admission sees it, for one object."""

    simulator: Simulator
    settings: ClusterSettings
    pools: Pools

    def existing(self, kind: str, namespace: str = "") -> Iterator[Manifest]:
        found = self.simulator.objects([kind])
        return (item for item in found if namespace in {"", _namespace(item)})

    def namespace(self, name: str) -> Manifest | None:
        return self.simulator.manifests.get(Key("", "Namespace", "", name))


@dataclass(slots=True)
class Simulator:
    """One cluster. `manifests` is what is stored; `revisions` each object's resourceVersion."""

    kinds: Kinds
    rules: tuple[Rule, ...]
    settings: ClusterSettings
    now: str = NOW
    manifests: dict[Key, Manifest] = field(default_factory=dict)
    revisions: dict[Key, int] = field(default_factory=dict)
    revision: int = 0
    engine: Engine = field(init=False)
    pools: TakenPools = field(default_factory=TakenPools)
    tellers: Mapping[str, Teller] = field(default_factory=dict)
    _changed: dict[Key, None] = field(default_factory=dict)
    _serial: int = 0

    def __post_init__(self) -> None:
        """Make the engine that settles this cluster."""
        self.engine = Engine(
            self.kinds, self.rules, self.settings, stored=self.manifests.__getitem__,
            tellers=self.tellers,
        )  # fmt: skip

    @property
    def snapshot(self) -> Snapshot:
        """Every object as of the last `settle`."""
        return self.engine.snapshot

    # asking

    def get(self, key: Key) -> Manifest:
        """Return one object with its resourceVersion; raises NotFound."""
        manifest = self.manifests.get(key)
        if manifest is None:
            raise not_found(self.kinds[key.kind].plural, key.group, key.name)
        stamp: Manifest = {"metadata": {"resourceVersion": str(self.revisions[key])}}
        return merge(manifest, stamp)

    def objects(self, kinds: Iterable[str] | None = None, namespace: str = "") -> list[Manifest]:
        """Return the stored objects (of some kinds, of one namespace), catalog and name order.

        Each carries its resourceVersion.
        """
        order = {kind.kind: position for position, kind in enumerate(self.kinds)}
        wanted = None if kinds is None else set(kinds)
        keys = (
            key
            for key in self.manifests
            if (wanted is None or key.kind in wanted) and namespace in {"", key.namespace}
        )
        return [
            self.get(key)
            for key in sorted(keys, key=lambda k: (order[k.kind], k.namespace, k.name))
        ]

    # writing

    def read(self, document: JSON, validation: FieldValidation = "Warn") -> Read:
        """Return a document as a manifest of a served kind; raises BadRequest, UnknownKind."""
        return read(self.kinds, document, validation)

    def create(
        self, document: JSON, *, mode: Mode = "api", namespace: str = "", dry_run: bool = False
    ) -> Written:
        """Create an object as a POST does; with `dry_run` nothing is stored. Raises ApiError.

        A dry run leaves no trace: not even the uid or name that it made is used up.
        """
        found = self.read(document)
        serial = self._serial
        kind = found.kind
        request = self._request(kind, namespace, mode=mode)
        name = text_at(found.manifest, "metadata", "name") or ""
        key = kind.key(_namespace(found.manifest) or namespace or "default", name)
        try:
            admitted = create(request, found.manifest, self._state(key))
        finally:
            if dry_run:
                self._serial = serial
        meta = mapping_at(admitted.manifest, "metadata")
        key = kind.key(text_at(meta, "namespace") or "", text_at(meta, "name") or "")
        if key in self.manifests:
            terminating = bool(text_at(self.manifests[key], "metadata", "deletionTimestamp"))
            raise already_exists(kind.plural, kind.group, key.name, terminating=terminating)
        if not dry_run:
            self._save(key, admitted.manifest)
        return Written(key, admitted.manifest, (*found.notices, *admitted.warnings))

    def replace(self, document: JSON, *, subresource: str = "", dry_run: bool = False) -> Written:
        """Replace an object as a PUT does; with `dry_run` nothing is stored. Raises ApiError."""
        found = self.read(document)
        kind = found.kind
        name = text_at(found.manifest, "metadata", "name") or ""
        key = kind.key(_namespace(found.manifest) or "default", name)
        if key not in self.manifests:
            if kind.creates_on_update:
                return self.create(document, dry_run=dry_run)
            raise not_found(kind.plural, kind.group, name)
        return self._update(key, found, subresource=subresource, dry_run=dry_run)

    def _update(
        self, key: Key, found: Read, *, subresource: str = "", dry_run: bool = False
    ) -> Written:
        request = replace(
            self._request(found.kind, key.namespace), name=key.name, subresource=subresource
        )
        admitted = update(
            request, found.manifest, self.manifests[key], self._state(key), self.revisions[key]
        )
        if admitted.is_gone and not dry_run:
            self._drop(key)
        elif admitted.is_changed and not dry_run:
            self._save(key, admitted.manifest)
        return Written(key, admitted.manifest, (*found.notices, *admitted.warnings))

    def change(self, key: Key, edit: Callable[[Manifest], Manifest]) -> Written:
        """Replace an object by `edit` of what is stored, as a PATCH does; raises ApiError."""
        stored = self.get(key)
        found = read_patched(self.kinds, self.kinds[key.kind], stored, edit(copy(stored)))
        check_identity(found.kind, stored, found.manifest, self.revisions[key])
        return self._update(key, found)

    def delete(self, key: Key, *, orphan: bool = False) -> None:
        """Delete an object and let its grace period pass; raises NotFound, Forbidden."""
        old = self.manifests.get(key)
        if old is None:
            raise not_found(self.kinds[key.kind].plural, key.group, key.name)
        admitted = delete(self._request(self.kinds[key.kind], key.namespace), old, grace=0)
        if orphan:
            for item in list(self._dependents(text_at(old, "metadata", "uid") or "")):
                self._release(Released(item[0], []))
        if admitted.is_gone:
            self._drop(key)
            return
        self._save(key, admitted.manifest)
        if key.kind == "Namespace":
            for inner in [k for k in self.manifests if k.namespace == key.name]:
                if inner in self.manifests:
                    self.delete(inner)

    def settle(self) -> Step:
        """Let every rule answer until nothing changes; returns what the engine did."""
        changes = [(key, self.manifests.get(key)) for key in self._changed]
        self._changed.clear()
        step = self.engine.feed(changes, self.now)
        for key, manifest in step.writes.items():
            if manifest is None:
                self._forget(key)
            else:
                self._store(key, manifest)
        self.engine.snapshot.revision = self.revision
        return step

    def take_over(self, manifests: Iterable[Manifest], snapshot: Snapshot | None = None) -> None:
        """Hold the objects of a cluster that is at rest, as they are; the next `settle` asks all.

        They are neither admitted nor judged: another cluster did that. uids made from here on are
        new even where theirs were made by a simulator, too. `snapshot` holds the same objects
        parsed, where somebody has them already; it is this simulator's own from now on.
        """
        for given in manifests:
            meta = mapping_at(given, "metadata")
            manifest = given
            if "resourceVersion" in meta:
                left: Manifest = {k: v for k, v in meta.items() if k != "resourceVersion"}
                manifest = given | {"metadata": left}
            kind = self.kinds[text_at(given, "kind") or ""]
            key = kind.key(text_at(meta, "namespace") or "", text_at(meta, "name") or "")
            uid = text_at(meta, "uid") or ""
            if uid.startswith(_OWN_UIDS) and uid.removeprefix(_OWN_UIDS).isdigit():
                self._serial = max(self._serial, int(uid.removeprefix(_OWN_UIDS)))
            self._store(key, manifest)
        if snapshot is None:
            self.engine.load(self.manifests.values(), self.revision)
        else:
            snapshot.revision = self.revision
            self.engine.snapshot = snapshot
        self.engine.ask_all()

    # inside

    def _request(self, kind: Kind, namespace: str, mode: Mode = "api") -> Request:
        return Request(
            kind=kind, namespace=namespace, now=self.now, uid=self._uid, suffix=self._suffix,
            mode=mode,
        )  # fmt: skip

    def _state(self, key: Key) -> _State:
        return _State(self, self.settings, PoolsFor(self.pools, key))

    def _uid(self) -> str:
        self._serial += 1
        return f"{_OWN_UIDS}{self._serial:012d}"

    def _suffix(self) -> str:
        self._serial += 1
        return self.engine.suffix("generateName", str(self._serial))

    def _save(self, key: Key, manifest: Manifest) -> None:
        self._store(key, manifest)
        self._changed[key] = None

    def _store(self, key: Key, manifest: Manifest) -> None:
        self.revision += 1
        self.manifests[key] = manifest
        self.revisions[key] = self.revision
        claims = self.kinds[key.kind].claims(manifest)
        if claims or key.kind == "Service":
            self.pools.hold(key, claims)

    def _forget(self, key: Key) -> None:
        self.manifests.pop(key, None)
        self.revisions.pop(key, None)
        self.pools.release(key)
        self.revision += 1

    def _drop(self, key: Key) -> None:
        """Remove an object and what only it owned."""
        uid = text_at(self.manifests[key], "metadata", "uid") or ""
        self._forget(key)
        self._changed[key] = None
        for found in list(cascade(uid, self._dependents)):
            if isinstance(found, Released):
                self._release(found)
            elif found in self.manifests:
                self.delete(found)

    def _release(self, released: Released) -> None:
        patch: Manifest = {"metadata": {"ownerReferences": released.owners}}
        self._save(released.key, merge(self.manifests[released.key], patch))

    def _dependents(self, uid: str) -> Iterator[tuple[Key, Manifest]]:
        for key in self.snapshot.dependents(uid) if uid else ():
            if key in self.manifests:
                yield key, self.manifests[key]


def _namespace(manifest: Manifest) -> str:
    return text_at(manifest, "metadata", "namespace") or ""
