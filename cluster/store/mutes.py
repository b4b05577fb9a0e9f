"""Muting findings: who does not want to hear of what, why, and until when.

A mute ends by itself: whoever asks for mutes gets those that have not expired. Rows that ended
long ago go when the next one is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from cluster.machinery.errors import FieldError, FieldErrorType, NotFound, invalid
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.machinery.texts import say
from cluster.models import Mute
from cluster.models.findings import REASON
from cluster.store import rows
from cluster.store.handles import ClusterHandle

LONGEST = timedelta(days=366)
KEPT = timedelta(days=30)  # an ended mute is listed so long


@dataclass(frozen=True, slots=True)
class Muted:
    """One mute; "" for kind, namespace and name means any."""

    number: int
    rule: str
    kind: str
    namespace: str
    name: str
    reason: str
    actor: str
    created: datetime
    expires: datetime

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is muted by this."""
        key = finding.key
        return (
            self.rule == finding.rule
            and self.kind in {"", key.kind}
            and self.namespace in {"", key.namespace}
            and self.name in {"", key.name}
        )

    @property
    def scope(self) -> str:
        """`Service shop/web`, `shop`, or "" for the whole cluster."""
        if self.name:
            return str(Key("", self.kind, self.namespace, self.name))
        return self.namespace


def mute(
    *,
    cluster: ClusterHandle,
    rule: str,
    reason: str,
    lasts: timedelta,
    actor: str,
    kind: str = "",
    namespace: str = "",
    name: str = "",
) -> Muted:
    """Mute a rule for one object, a Namespace or a cluster; raises Invalid.

    A reason is needed, and an end: it `lasts` a year at most.
    """
    now = datetime.now(UTC)
    errors = _errors(reason.strip(), lasts)
    if errors:
        raise invalid("Mute", "", rule, errors)
    row = Mute(
        cluster_id=cluster.id, rule=rule, kind=kind, namespace=namespace, name=name,
        reason=reason.strip(), actor=actor, created=now, expires=now + lasts,
    )  # fmt: skip
    with transaction.atomic():
        old = rows.unguarded(Mute).filter(cluster_id=cluster.id, expires__lt=now - KEPT)
        rows.delete_where(old)
        (made,) = rows.unguarded(Mute).bulk_create([row])
    return _muted(made)


def unmute(*, cluster: ClusterHandle, number: int) -> Muted:
    """End a mute now; raises NotFound where there is none with that number."""
    with transaction.atomic():
        found = rows.unguarded(Mute).filter(cluster_id=cluster.id, pk=number)
        row = found.first()
        if row is None:
            raise NotFound(say("there is no mute {number}", number=str(number)))
        answer = _muted(row)
        rows.delete_where(found)
    return answer


def mutes(cluster: ClusterHandle) -> list[Muted]:
    """Return the mutes that have not ended, the first to end first."""
    found = Mute.objects.filter(cluster_id=cluster.id, expires__gt=datetime.now(UTC))
    return [_muted(row) for row in found.order_by("expires", "pk")]


def _errors(reason: str, lasts: timedelta) -> list[FieldError]:
    errors: list[FieldError] = []
    if not reason:
        errors.append(FieldError(FieldErrorType.REQUIRED, "reason", "say why"))
    if len(reason) > REASON:
        text = f"may not be longer than {REASON} characters"
        errors.append(FieldError(FieldErrorType.TOO_LONG, "reason", text, reason[:20]))
    if not timedelta(0) < lasts <= LONGEST:
        text = "must end in the future, and within a year"
        errors.append(FieldError(FieldErrorType.INVALID, "days", text, lasts.days))
    return errors


def _muted(row: Mute) -> Muted:
    return Muted(
        row.pk, row.rule, row.kind, row.namespace, row.name, row.reason, row.actor,
        row.created, row.expires,
    )  # fmt: skip
