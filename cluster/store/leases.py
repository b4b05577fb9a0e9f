"""Who works for a cluster: one row per cluster, taken, renewed and given up in single statements.

A lease only spreads the work. What keeps two engines from doing harm is that every step checks
the lease in its own transaction, under the cluster's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from cluster.models import Lease
from cluster.store import rows
from cluster.store.handles import ClusterHandle


class LeaseLost(Exception):
    """Another process works for the cluster now."""


@dataclass(frozen=True, slots=True)
class LeaseHolder:
    """Who holds a lease and until when, unless it is renewed."""

    holder: str
    acquired: datetime
    expires: datetime


def take(
    cluster: ClusterHandle, holder: str, *, seconds: float, instead_of: str | None = None
) -> bool:
    """Take or renew the lease for `seconds`; False where another one holds it still.

    `instead_of` names a holder that is known to be dead and need not be waited for.
    """
    now = datetime.now(UTC)
    quote = connection.ops.quote_name
    table = quote(Lease._meta.db_table)  # noqa: SLF001 - documented model API
    sql = (
        f"INSERT INTO {table} (cluster_id, holder, acquired, renewed, expires) "  # noqa: S608
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (cluster_id) DO UPDATE SET "
        "holder = excluded.holder, renewed = excluded.renewed, expires = excluded.expires, "
        f"acquired = CASE WHEN {table}.holder = excluded.holder THEN {table}.acquired "
        "ELSE excluded.acquired END "
        f"WHERE {table}.holder = excluded.holder OR {table}.expires < excluded.renewed "
        f"OR {table}.holder = %s"
    )
    stamp = rows.database_time(now)
    expires = rows.database_time(now + timedelta(seconds=seconds))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [cluster.id, holder, stamp, stamp, expires, instead_of or holder])
        return bool(cursor.rowcount == 1)


def check(cluster: ClusterHandle, holder: str) -> None:
    """Raise LeaseLost unless `holder` holds the lease; call it under the cluster's lock."""
    if not Lease.objects.filter(pk=cluster.id, holder=holder).exists():
        raise LeaseLost(f"{cluster.name} is another engine's")


def give_up(holder: str) -> None:
    """End every lease of `holder`, so that a standby need not wait for them to expire."""
    rows.delete_where(rows.unguarded(Lease).filter(holder=holder))


def holder_of(cluster: ClusterHandle) -> LeaseHolder | None:
    """Return who works for a cluster, None where nobody does."""
    row = Lease.objects.filter(pk=cluster.id, expires__gte=datetime.now(UTC)).first()
    return None if row is None else LeaseHolder(row.holder, row.acquired, row.expires)
