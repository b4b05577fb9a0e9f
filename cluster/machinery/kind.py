"""What a kind is to netviz: one record per kind, listed once in `cluster.catalog`.

Adding a kind is writing such a record in a domain folder. Admission, store, API, admin, upload and
graph read it; none of them knows a kind by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol, TypeAlias

from cluster.machinery.durations import since
from cluster.machinery.errors import FieldError
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.meta import Key, ObjectMeta
from cluster.machinery.names import NameCheck, dns_subdomain
from cluster.machinery.selectors import Selector
from cluster.machinery.settings import ClusterSettings


class Object(Protocol):
    """What every parsed object has."""

    @property
    def meta(self) -> ObjectMeta:
        """Its metadata."""


class Claim(NamedTuple):
    """Something of which a cluster has only one: an address or a node port (K-1).

    `pool` is `ip` or `port`; `value` the canonical address or the decimal number.
    """

    pool: str
    value: str


class Pools(Protocol):
    """What is taken in one cluster, as the store (or a simulator) knows it."""

    def holder(self, claim: Claim) -> Key | None:
        """Return who holds `claim`, None when it is free."""

    def lowest_free(self, pool: str, low: int, high: int) -> int | None:
        """Return the lowest free number in low..high inclusive (addresses as integers)."""


class Admission(Protocol):
    """What a kind's admission steps may ask about the cluster they admit into."""

    @property
    def settings(self) -> ClusterSettings:
        """The cluster's settings."""

    @property
    def pools(self) -> Pools:
        """The addresses and ports that are taken; claims of the object itself count as free."""

    def existing(self, kind: str, namespace: str = "") -> Iterable[Manifest]:
        """Yield the stored manifests of one kind (in one namespace), name order."""


Generation: TypeAlias = Literal["none", "spec", "deployment", "slice"]
Default: TypeAlias = Callable[[Manifest], None]
Admit: TypeAlias = Callable[[Manifest, Manifest | None, Admission], None]
Prepare: TypeAlias = Callable[[Manifest, Manifest | None], None]
Check: TypeAlias = Callable[[Manifest], list[FieldError]]
CheckUpdate: TypeAlias = Callable[[Manifest, Manifest], list[FieldError]]
CheckStatus: TypeAlias = Callable[[Manifest, Manifest], list[FieldError]]
Warn: TypeAlias = Callable[[Manifest], list[str]]
Convert: TypeAlias = Callable[[Manifest], Manifest]


def _nothing(manifest: Manifest) -> None:
    """Default nothing."""


def _admit_as_is(new: Manifest, old: Manifest | None, cluster: Admission) -> None:
    """Admit without a change."""


def _prepare_nothing(new: Manifest, old: Manifest | None) -> None:
    """Leave the object as it is."""


def _fine(manifest: Manifest) -> list[FieldError]:
    return []


def _silent(manifest: Manifest) -> list[str]:
    return []


def _fine_update(new: Manifest, old: Manifest) -> list[FieldError]:
    return []


def _no_claims(manifest: Manifest) -> Collection[Claim]:
    return ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: kubectl's name for it and how to read the cell from a manifest.

    `wide` columns are shown only by `kubectl get -o wide`; `help` is one sentence. A column of
    `type` `date` holds a time as it is written; `at` says how long ago that was. `read_at` is for
    other cells that tell of the time that has passed, and gets the moment to tell it at.
    """

    name: str
    read: Callable[[Manifest], JSON]
    type: str = "string"
    wide: bool = False
    help: str = ""
    read_at: Callable[[Manifest, datetime], JSON] | None = None

    def at(self, manifest: Manifest, now: datetime) -> JSON:
        """Return the cell as kubectl prints it at `now`, times as ages."""
        if self.read_at is not None:
            return self.read_at(manifest, now)
        value = self.read(manifest)
        if self.type != "date":
            return value
        return since(value if isinstance(value, str) else None, now)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind and everything netviz needs to know of it. Functions get checked manifests.

    `type` is the class that `parse` returns, one class per kind: a Snapshot finds objects by it.
    The order of a write is A-10: structural check, `default`, `admit` (mutating admission),
    `begin` (hook; may raise an ApiError that is answered alone, A-10a), `prepare` (status wiped
    where `has_status`, then this), `check`, then on create `check_create` and on update
    `check_update`. `warn` says what a client is told beside. `default`, `admit`, `begin` and
    `prepare` change their first argument, which belongs to the caller; the others change nothing.
    `conversions` run before the structural check and must bear any JSON, and so must
    `check_dropped`, which sees what is not kept (`dropped_fields`) before it goes.
    """

    group: str
    version: str
    kind: str
    plural: str
    type: type[Object]
    parse: Callable[[Manifest], Object]
    short_names: tuple[str, ...] = ()
    namespaced: bool = True
    check_name: NameCheck = dns_subdomain
    check_name_prefix: NameCheck | None = None
    default: Default = _nothing
    admit: Admit = _admit_as_is
    begin: Admit = _admit_as_is
    prepare: Prepare = _prepare_nothing
    check: Check = _fine
    check_create: Check = _fine
    check_update: CheckUpdate = _fine_update
    check_status: CheckStatus = _fine_update
    warn: Warn = _silent
    claims: Callable[[Manifest], Collection[Claim]] = _no_claims
    generation: Generation = "none"
    has_status: bool = False
    scale_path: tuple[str, ...] = ()
    creates_on_update: bool = False
    graceful_seconds: Callable[[Manifest], int] | None = None
    dropped_fields: tuple[str, ...] = ()
    check_dropped: Check = _fine
    conversions: Mapping[str, Convert] = field(default_factory=lambda: MappingProxyType({}))
    columns: tuple[Column, ...] = ()
    upload_order: int = 50
    icon: str = "external"
    indexes: Mapping[str, Callable[[Object], Iterable[Hashable]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    selects: Callable[[Object], Selector | None] | None = None
    has_label_index: bool = False
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        """The lower-case kind, as kubectl accepts it."""
        return self.kind.lower()

    def key(self, namespace: str, name: str) -> Key:
        """Return the key of an object of this kind."""
        return Key(self.group, self.kind, namespace if self.namespaced else "", name)


class Kinds:
    """The kinds of a catalog, found by any of their names."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        """Index `kinds`; two kinds of the same name are a bug."""
        self._all = tuple(kinds)
        self._by_kind = {kind.kind: kind for kind in self._all}
        self._by_plural = {(kind.group, kind.plural): kind for kind in self._all}
        self._by_version: dict[tuple[str, str], Kind] = {}
        self._words: dict[str, Kind] = {}
        for kind in self._all:
            for version in (kind.api_version, *kind.conversions):
                self._by_version[version, kind.kind] = kind
            words = (kind.kind, kind.plural, kind.singular, *kind.short_names)
            for word in words:
                self._words.setdefault(word.lower(), kind)
            self._words.setdefault(f"{kind.plural}.{kind.group}", kind)
        assert len(self._by_kind) == len(self._all), "two kinds share a name"  # noqa: S101

    def __iter__(self) -> Iterator[Kind]:
        """Yield the kinds in catalog order."""
        return iter(self._all)

    def __getitem__(self, kind: str) -> Kind:
        """Return the kind called `kind` (`Service`); raises KeyError."""
        return self._by_kind[kind]

    def __contains__(self, kind: object) -> bool:
        """Whether there is a kind called `kind`."""
        return kind in self._by_kind

    def of(self, api_version: str, kind: str) -> Kind | None:
        """Return the kind that `apiVersion` and `kind` name, old versions included."""
        return self._by_version.get((api_version, kind))

    def plural(self, group: str, plural: str) -> Kind | None:
        """Return the kind behind the URL word `plural` of `group`."""
        return self._by_plural.get((group, plural))

    def word(self, word: str) -> Kind | None:
        """Return the kind that a user means by `svc`, `services`, `Service`; None if unknown."""
        return self._words.get(word.lower())
