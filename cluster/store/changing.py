"""Applying and deleting several objects together: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cluster.machinery.errors import ApiError
from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.store import collect
from cluster.store.apply import apply
from cluster.store.operations import kind_of
from cluster.store.results import Deletion, Options, Written
from cluster.store.transaction import Transaction, transact


class RefusedChange(Exception):
    """One of the changes was refused, so none was made; `index` says which, `error` why."""

    def __init__(self, index: int, error: ApiError) -> None:
        """Keep the place and the reason."""
        super().__init__(error.message)
        self.index = index
        self.error = error


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """A manifest to apply, as kubectl does, or an object to delete."""

    manifest: Manifest
    deleted: Key | None = None


def change_objects(
    *, cluster: str, changes: Sequence[ObjectChange], actor: str, dry_run: bool = False
) -> list[Written]:
    """Make all changes in their order, in one transaction; raises RefusedChange, NotFound."""

    def work(tx: Transaction) -> list[Written]:
        done: list[Written] = []
        for index, change in enumerate(changes):
            try:
                done.append(_change(tx, change))
            except ApiError as error:
                raise RefusedChange(index, error) from error
        return done

    return transact(cluster, actor, work, dry_run=dry_run)


def _change(tx: Transaction, change: ObjectChange) -> Written:
    if change.deleted is not None:
        return collect.delete(tx, kind_of(change.deleted), change.deleted, Deletion())
    return apply(tx, change.manifest, Options(field_validation="Warn"))
