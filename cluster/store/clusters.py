"""Clusters themselves: making, describing, copying, emptying and deleting them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cluster.machinery.errors import AlreadyExists, FieldError, FieldErrorType, Invalid, invalid
from cluster.machinery.manifest import Manifest
from cluster.machinery.names import dns_label
from cluster.machinery.settings import ClusterSettings, InvalidSettings, parse_settings
from cluster.models import (
    Change,
    Cluster,
    DNSRecord,
    EngineState,
    Event,
    ImportJob,
    ImportResult,
    Lease,
    Mute,
    Ownership,
    PolicyVerdict,
    Resource,
    Sighting,
    StoredPlan,
)
from cluster.questions import bootstrap
from cluster.store import announce, claims, operations, read, rows
from cluster.store.handles import ClusterHandle, find_cluster
from cluster.store.results import Options
from cluster.store.transaction import Transaction, lock, transact

OF_A_CLUSTER: tuple[type[models.Model], ...] = (
    Ownership, Resource, Change, DNSRecord, PolicyVerdict, Event, EngineState, Lease,
    Sighting, Mute, StoredPlan,
)  # fmt: skip
"""Tables whose rows go with their cluster, dependents first (imports besides)."""


def make(
    *,
    name: str,
    actor: str,
    settings: Manifest | None = None,
    title: str = "",
    description: str = "",
    with_nodes: bool = True,
) -> ClusterHandle:
    """Make a cluster with what every cluster has (Namespaces, Nodes, DNS, the API's Service).

    `with_nodes` False makes no Nodes, for uploads that bring their own. Raises Invalid for a name
    or settings that cannot be, AlreadyExists.
    """
    raw = settings or {}
    parsed = _check(name, raw)
    with transaction.atomic():
        _insert(name, raw, title, description)
        transact(name, actor, lambda tx: _bootstrap(tx, parsed, with_nodes=with_nodes))
    return find_cluster(name)


def _check(name: str, raw: Manifest) -> ClusterSettings:
    errors = [FieldError(FieldErrorType.INVALID, "name", text, name) for text in dns_label(name)]
    parsed: ClusterSettings | None = None
    try:
        parsed = parse_settings(raw)
    except InvalidSettings as error:
        errors += error.errors
    if errors or parsed is None:
        raise invalid("Cluster", "", name, errors)
    return parsed


def _insert(name: str, raw: Manifest, title: str, description: str) -> None:
    row = Cluster(
        name=name, uid=str(uuid.uuid4()), settings=raw, title=title, description=description,
        created=datetime.now(UTC),
    )  # fmt: skip
    try:
        row.clean_fields(exclude=("uid", "created"))
        with transaction.atomic():
            rows.unguarded(Cluster).bulk_create([row])
    except ValidationError as error:
        raise Invalid(f"Cluster {name!r} is invalid: {'; '.join(error.messages)}") from error
    except IntegrityError as error:
        raise AlreadyExists(f'clusters "{name}" already exists') from error


def _bootstrap(tx: Transaction, settings: ClusterSettings, *, with_nodes: bool) -> None:
    made = list(bootstrap.namespaces())
    if with_nodes:
        made += bootstrap.nodes(settings.nodes)
    if settings.bootstrap:
        made += bootstrap.services(settings)
        made.append(bootstrap.dns_server())
    options = Options(mode="import")
    for manifest in made:
        operations.create(tx, manifest, options)


def edit(*, name: str, title: str, description: str) -> ClusterHandle:
    """Change how a cluster is shown; its name and settings stay. Raises NotFound."""
    with transaction.atomic():
        held = lock(name)
        rows.unguarded(Cluster).filter(pk=held.id).update(title=title, description=description)
    return find_cluster(name)


def copy(*, name: str, new_name: str, actor: str, revision: int | None = None) -> ClusterHandle:
    """Make a cluster with the objects of another one, now or at `revision`.

    uids are kept, so owners stay owners. Raises NotFound, AlreadyExists, Invalid, Gone.
    """
    with transaction.atomic():
        source = lock(name)
        row = Cluster.objects.get(pk=source.id)
        at = source.revision if revision is None else revision
        objects = read.snapshot_at(source, at)
        _check(new_name, row.settings)
        _insert(new_name, row.settings, row.title, row.description)

        def fill(tx: Transaction) -> None:
            for key in sorted(objects):
                tx.put(key, objects[key])

        transact(new_name, actor, fill)
    return find_cluster(new_name)


def reset(*, name: str, actor: str) -> ClusterHandle:
    """Remove every object and start as a new cluster does; the log goes on, revisions too."""

    def work(tx: Transaction) -> None:
        for stored in list(read.snapshot(tx.cluster)):
            tx.remove(stored.key)
        _bootstrap(tx, tx.cluster.settings, with_nodes=True)

    transact(name, actor, work)
    return find_cluster(name)


def delete(*, name: str) -> None:
    """Delete a cluster with everything in it; raises NotFound."""
    with transaction.atomic():
        held = lock(name)
        for table in OF_A_CLUSTER:
            rows.delete_where(rows.unguarded(table).filter(cluster_id=held.id))
        jobs = ImportJob.objects.filter(cluster_id=held.id).values("pk")
        rows.delete_where(rows.unguarded(ImportResult).filter(job_id__in=jobs))
        rows.delete_where(rows.unguarded(ImportJob).filter(cluster_id=held.id))
        rows.delete_where(rows.unguarded(Cluster).filter(pk=held.id))
        announce.on_commit(name, held.revision)
    claims.forget(held)
