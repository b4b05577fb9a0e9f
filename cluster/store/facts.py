"""The facts that the engine keeps as rows: DNS records and policy verdicts.

Rows say what the engine's memory says, owner by owner: an owner whose facts changed has its rows
written anew, all others are left alone. `stored_facts` gives the memory back, so that an engine
that starts finds out what changed while none ran.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeAlias, cast

import orjson
from django.db import connection, models

from cluster.catalog import KINDS
from cluster.domains.dns.records import ZoneRecord
from cluster.domains.dns.rules import DNSRecords
from cluster.domains.policy.class_verdicts import ClassAllowance, ClassVerdict
from cluster.domains.policy.policy import DIRECTIONS, Direction
from cluster.domains.policy.verdict_rule import PolicyVerdicts, class_key
from cluster.machinery.meta import Key
from cluster.models import DNSRecord, PolicyVerdict
from cluster.store import rows
from cluster.store.handles import ClusterHandle
from cluster.store.transaction import Transaction

Slot: TypeAlias = tuple[str, Key]
FactsBySlot: TypeAlias = Mapping[Slot, tuple[Hashable, ...]]

RECORDS, VERDICTS = DNSRecords().name, PolicyVerdicts.name
STORED_RULES = (RECORDS, VERDICTS)
"""The rules whose facts are rows."""

RECORD_COLUMNS = (
    "cluster_id", "name", "type", "ttl_seconds", "data", "kind", "namespace", "owner",
)  # fmt: skip
RECORD_TYPES = ("int8", "varchar", "varchar", "int4", "text", "varchar", "varchar", "varchar")
VERDICT_COLUMNS = (
    "cluster_id", "namespace", "digest", "direction", "standing", "pod", "pods", "is_node",
    "isolated_by", "allows", "left_out",
)  # fmt: skip
VERDICT_TYPES = (
    "int8", "varchar", "varchar", "varchar", "varchar", "varchar", "int4", "bool",
    "jsonb", "jsonb", "int4",
)  # fmt: skip


def save_facts(tx: Transaction, facts: FactsBySlot, replaced: FactsBySlot) -> int:
    """Write the rows of the owners in `facts` anew; returns how many owners that were.

    `replaced` are the facts whose rows are there now; () means none, on either side.
    """
    ours = {slot: found for slot, found in facts.items() if slot[0] in STORED_RULES}
    gone = [slot for slot in ours if replaced.get(slot)]
    _delete(
        DNSRecord, ("cluster_id", "kind", "namespace", "owner"),
        [(tx.cluster.id, key.kind, key.namespace, key.name) for rule, key in gone
         if rule == RECORDS],
    )  # fmt: skip
    _delete(
        PolicyVerdict, ("cluster_id", "namespace", "digest"),
        [(tx.cluster.id, key.namespace, key.name) for rule, key in gone if rule == VERDICTS],
    )  # fmt: skip
    records = [_record_row(tx.cluster.id, fact) for fact in _each(ours, RECORDS)]
    rows.insert_many(DNSRecord, RECORD_COLUMNS, RECORD_TYPES, records, len(records))
    verdicts = [
        _verdict_row(tx.cluster.id, key, cast("ClassVerdict", fact))
        for (rule, key), found in ours.items() if rule == VERDICTS
        for fact in found
    ]  # fmt: skip
    rows.insert_many(PolicyVerdict, VERDICT_COLUMNS, VERDICT_TYPES, verdicts, len(verdicts))
    return len(ours)


def stored_facts(cluster: ClusterHandle) -> dict[Slot, tuple[Hashable, ...]]:
    """Return what the rows of a cluster say, by rule and owner, as the rules themselves say it."""
    found: dict[Slot, tuple[Hashable, ...]] = {}
    by_owner: dict[Key, list[ZoneRecord]] = {}
    for record in DNSRecord.objects.filter(cluster_id=cluster.id).iterator(2000):
        made = stored_record(record)
        by_owner.setdefault(made.source, []).append(made)
    for key, records in by_owner.items():
        found[RECORDS, key] = tuple(sorted(records))
    by_class: dict[Key, list[ClassVerdict]] = {}
    for row in PolicyVerdict.objects.filter(cluster_id=cluster.id).iterator(2000):
        key = class_key(row.namespace, row.digest)
        by_class.setdefault(key, []).append(stored_verdict(row))
    for key, verdicts in by_class.items():
        verdicts.sort(key=lambda verdict: DIRECTIONS.index(verdict.direction))
        found[VERDICTS, key] = tuple(verdicts)
    return found


def stored_record(row: DNSRecord) -> ZoneRecord:
    """Return the record that a row keeps."""
    source = KINDS[row.kind].key(row.namespace, row.owner)
    return ZoneRecord(row.name, row.type, row.data, row.ttl_seconds, source)


def stored_verdict(row: PolicyVerdict) -> ClassVerdict:
    """Return the verdict that a row keeps."""
    return ClassVerdict(
        direction=cast("Direction", row.direction),
        pod=row.pod,
        pods=row.pods,
        isolated_by=tuple(row.isolated_by),
        allows=tuple(
            ClassAllowance(
                peer=each["peer"],
                ports=None if each["ports"] is None else tuple(map(tuple, each["ports"])),
                names=tuple(map(tuple, each["names"])),
                policies=tuple(each["policies"]),
            )
            for each in row.allows
        ),
        left_out=row.left_out,
        is_node=row.is_node,
    )


def _each(facts: FactsBySlot, rule: str) -> Iterator[ZoneRecord]:
    for (name, _key), found in facts.items():
        if name == rule:
            yield from cast("tuple[ZoneRecord, ...]", found)


def _record_row(cluster_id: int, record: ZoneRecord) -> tuple[rows.Value, ...]:
    source = record.source
    return (
        cluster_id, record.name, record.type, record.ttl, record.data,
        source.kind, source.namespace, source.name,
    )  # fmt: skip


def _verdict_row(cluster_id: int, key: Key, verdict: ClassVerdict) -> tuple[rows.Value, ...]:
    return (
        cluster_id, key.namespace, key.name, verdict.direction, verdict.standing, verdict.pod,
        verdict.pods, verdict.is_node, _json(verdict.isolated_by), _json(verdict.allows),
        verdict.left_out,
    )  # fmt: skip


def _json(value: Iterable[object]) -> str:
    return orjson.dumps(value).decode()


def _delete(
    model: type[models.Model], columns: tuple[str, ...], keys: list[tuple[rows.Value, ...]]
) -> None:
    """Delete the rows that have one of `keys` in `columns`."""
    if not keys:
        return
    quote: Callable[[str], str] = connection.ops.quote_name
    table = quote(model._meta.db_table)  # noqa: SLF001 - documented model API
    where = " AND ".join(f"{quote(column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE {where}", keys)  # noqa: S608
