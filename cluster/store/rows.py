"""Rows in and out, in SQL: the only place that writes the tables of objects and of the log.

Thousands of rows go in one statement run many times (SQLite) or in one binary COPY (PostgreSQL);
Django's `bulk_create` takes several times as long. Everything here runs inside the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeAlias, TypeVar

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from cluster.machinery.meta import Key
from cluster.models import Change, Ownership, Resource
from cluster.store.stored import Columns, Stored

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
Resources: TypeAlias = "QuerySet[Resource]"
Value: TypeAlias = "int | str | bytes | datetime | None"

RESOURCE_COLUMNS = (
    "cluster_id", "group", "kind", "namespace", "name", "uid", "revision", "generation",
    "labels", "owner_uid", "deleted", "created", "manifest",
)  # fmt: skip
RESOURCE_TYPES = (
    "int8", "varchar", "varchar", "varchar", "varchar", "varchar", "int8", "int8",
    "jsonb", "varchar", "timestamptz", "timestamptz", "bytea",
)  # fmt: skip
CHANGED_COLUMNS = (
    "uid", "revision", "generation", "labels", "owner_uid", "deleted", "created", "manifest",
)  # fmt: skip
CHANGE_COLUMNS = (
    "cluster_id", "revision", "verb", "group", "kind", "namespace", "name", "uid", "actor",
    "time", "paths", "manifest", "previous", "previous_revision",
)  # fmt: skip
CHANGE_TYPES = (
    "int8", "int8", "varchar", "varchar", "varchar", "varchar", "varchar", "varchar", "varchar",
    "timestamptz", "text", "bytea", "bytea", "int8",
)  # fmt: skip
COPY_FROM = 100  # rows; below, a COPY's set-up costs more than it saves
LOOKUP_CHUNK = 500  # keys per query: well below SQLite's limit of bound variables


@dataclass(frozen=True, slots=True)
class Entry:
    """One change on its way into the log."""

    revision: int
    verb: str
    key: Key
    uid: str
    paths: str
    body: bytes
    previous: bytes | None = None
    previous_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One object on its way into its table: a new row where `id` is None."""

    id: int | None
    key: Key
    revision: int
    columns: Columns
    body: bytes


def unguarded(model: type[M]) -> QuerySet[M]:
    """Return a plain QuerySet of a guarded table: the store's own way to write small tables."""
    return QuerySet(model)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `items` in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def is_postgres() -> bool:
    """Whether the database is PostgreSQL."""
    return connection.vendor == "postgresql"


def database_time(time: datetime | None) -> str | datetime | None:
    """Return a time as the database takes it."""
    if time is None:
        return None
    adapted: str | datetime | None = connection.ops.adapt_datetimefield_value(time)
    return adapted


def storable(text: str) -> str:
    """Return `text` as any database takes it: PostgreSQL knows no NUL in text."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - documented model API


def _named(columns: Sequence[str]) -> str:
    return ", ".join(connection.ops.quote_name(column) for column in columns)


def find(cluster_id: int, keys: Iterable[Key]) -> Iterator[Stored]:
    """Yield the stored ones of `keys`, in no order."""
    by_kind: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key in keys:
        by_kind.setdefault((key.group, key.kind), []).append((key.namespace, key.name))
    fields = "r.id, r.namespace, r.name, r.uid, r.revision, r.manifest"
    group_column = f"r.{connection.ops.quote_name('group')}"
    with connection.cursor() as cursor:
        for (group, kind), names in by_kind.items():
            for chunk in chunks(names, LOOKUP_CHUNK):
                wanted = ", ".join(["(%s, %s)"] * len(chunk))
                # CROSS JOIN keeps SQLite from scanning the kind: it looks each key up instead.
                sql = (
                    f"WITH wanted(namespace, name) AS (VALUES {wanted}) "  # noqa: S608
                    f"SELECT {fields} FROM wanted CROSS JOIN {_table(Resource)} r "
                    f"WHERE r.cluster_id = %s AND {group_column} = %s AND r.kind = %s "
                    "AND r.namespace = wanted.namespace AND r.name = wanted.name"
                )
                values = [part for pair in chunk for part in pair]
                cursor.execute(sql, [*values, cluster_id, group, kind])
                for id_, namespace, name, uid, revision, body in cursor.fetchall():
                    key = Key(group, kind, namespace, name)
                    yield Stored(id_, key, uid, revision, bytes(body))


def select(rows: QuerySet[Resource]) -> Iterator[Stored]:
    """Yield the objects of a query, in its order, read in chunks."""
    found = rows.values_list(
        "id", "group", "kind", "namespace", "name", "uid", "revision", "manifest"
    )
    for id_, group, kind, namespace, name, uid, revision, body in found.iterator(2000):
        yield Stored(id_, Key(group, kind, namespace, name), uid, revision, bytes(body))


def insert(cluster_id: int, rows: Sequence[Row]) -> None:
    """Write new objects."""
    records = (_record(cluster_id, row) for row in rows)
    insert_many(Resource, RESOURCE_COLUMNS, RESOURCE_TYPES, records, len(rows))
    _own(cluster_id, [row for row in rows if row.columns.further_owners])


def update(cluster_id: int, rows: Sequence[Row]) -> None:
    """Write objects over their rows."""
    if not rows:
        return
    assignments = ", ".join(
        f"{connection.ops.quote_name(column)} = %s" for column in CHANGED_COLUMNS
    )
    sql = f"UPDATE {_table(Resource)} SET {assignments} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*_record(cluster_id, row)[5:], row.id) for row in rows])
    _disown([row.id for row in rows if row.id is not None])
    _own(cluster_id, [row for row in rows if row.columns.further_owners])


def delete(ids: Sequence[int]) -> None:
    """Remove rows of objects."""
    _disown(ids)
    for chunk in chunks(ids, LOOKUP_CHUNK):
        delete_where(unguarded(Resource).filter(id__in=chunk))


def log(cluster_id: int, entries: Sequence[Entry], actor: str, time: datetime) -> None:
    """Write changes into the log."""
    stamp = time if is_postgres() else database_time(time)
    records = (
        (
            cluster_id, entry.revision, entry.verb, *entry.key, entry.uid, actor,
            stamp, entry.paths, entry.body, entry.previous, entry.previous_revision,
        )
        for entry in entries
    )  # fmt: skip
    insert_many(Change, CHANGE_COLUMNS, CHANGE_TYPES, records, len(entries))


def _record(cluster_id: int, row: Row) -> tuple[Value, ...]:
    held = row.columns
    return (
        cluster_id, *row.key, held.uid, row.revision, held.generation, held.labels,
        held.owner_uid, database_time(held.deleted), database_time(held.created), row.body,
    )  # fmt: skip


def insert_many(
    model: type[models.Model],
    columns: Sequence[str],
    types: Sequence[str],
    records: Iterable[tuple[Value, ...]],
    count: int,
) -> None:
    """Write new rows of any table; `types` are PostgreSQL's, JSON comes as text.

    `count` says how many `records` there are.
    """
    if not count:
        return
    with connection.cursor() as cursor:
        if is_postgres() and count >= COPY_FROM:
            _copy(cursor, f"{_table(model)} ({_named(columns)})", types, records)
            return
        marks = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {_table(model)} ({_named(columns)}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(sql, list(records))


def _copy(
    cursor: CursorWrapper, target: str, types: Sequence[str], records: Iterable[tuple[Value, ...]]
) -> None:
    from psycopg.types.json import Jsonb  # noqa: PLC0415 - installed with PostgreSQL's driver

    json_at = [position for position, type_ in enumerate(types) if type_ == "jsonb"]
    with cursor.copy(f"COPY {target} FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for record in records:
            values: list[object] = list(record)
            for position in json_at:
                values[position] = Jsonb(record[position], dumps=str)
            copy.write_row(values)


def _own(cluster_id: int, rows: Sequence[Row]) -> None:
    if not rows:
        return
    ids = {found.key: found.id or 0 for found in find(cluster_id, [row.key for row in rows])}
    unguarded(Ownership).bulk_create(
        Ownership(cluster_id=cluster_id, resource_id=ids[row.key], owner_uid=uid)
        for row in rows
        for uid in row.columns.further_owners
    )


def _disown(ids: Sequence[int]) -> None:
    for chunk in chunks(ids, LOOKUP_CHUNK):
        delete_where(unguarded(Ownership).filter(resource_id__in=chunk))


def delete_where(rows: QuerySet[M]) -> None:
    """Delete in one statement: Django's own `delete` first reads what it cascades to."""
    rows._raw_delete(rows.db)  # noqa: SLF001


def further_dependents(cluster_id: int, uid: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield group, kind, namespace and name of the objects that name `uid` as a further owner."""
    owned = Ownership.objects.filter(cluster_id=cluster_id, owner_uid=uid)
    found = owned.values_list(
        "resource__group", "resource__kind", "resource__namespace", "resource__name"
    )
    yield from found
