"""What netviz works out and keeps beside the objects: records, verdicts, Events, engine state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cluster.models.guard import Guarded
from cluster.models.tables import LABEL, NAME, Cluster


class DNSRecord(Guarded):
    """One record of a cluster's zones, with the object it comes from."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=NAME)
    type = models.CharField(_("type"), max_length=10)
    ttl_seconds = models.PositiveIntegerField(_("time to live"))
    data = models.TextField(_("data"))
    kind = models.CharField(_("kind"), max_length=LABEL)
    namespace = models.CharField(_("namespace"), max_length=NAME)
    owner = models.CharField(_("object"), max_length=NAME)

    class Meta:
        """Django's options."""

        verbose_name = _("DNS record")
        verbose_name_plural = _("DNS records")
        base_manager_name = "objects"
        indexes = (
            models.Index(fields=("cluster", "name", "type"), name="record_name"),
            models.Index(fields=("cluster", "namespace", "owner"), name="record_owner"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.ttl_seconds} IN {self.type} {self.data}"


class PolicyVerdict(Guarded):
    """What NetworkPolicies let open to one class of equal Pods, in one direction.

    A class is the Pods of a Namespace that the same policies select; `digest` names it, `pod` is
    one of its `pods`, the first by name. `isolated_by` lists policies by name. `allows` lists
    `{"peer", "ports", "names", "policies"}`: who may connect (Ingress) or be reached (Egress), on
    which inclusive ranges `[protocol, first, last]` (null: everything) and port names
    `[protocol, name]`, and which policies allow it; `left_out` counts those not listed.

    So one row answers what may reach a class on which ports. Whether one class reaches another
    needs two rows, both of which must allow it: the Egress row of the source, with a peer that
    means the destination, and the Ingress row of the destination, with one that means the source.
    """

    class Standing(models.TextChoices):
        """How much is open."""

        OPEN = "open", _("open")
        LIMITED = "limited", _("limited")
        CLOSED = "closed", _("closed")

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    namespace = models.CharField(_("namespace"), max_length=NAME)
    digest = models.CharField(_("class"), max_length=32)
    direction = models.CharField(_("direction"), max_length=7)
    standing = models.CharField(_("standing"), max_length=7, choices=Standing)
    pod = models.CharField(_("first Pod"), max_length=NAME)
    pods = models.PositiveIntegerField(_("Pods"))
    is_node = models.BooleanField(_("on its Node's network"))
    isolated_by = models.JSONField(_("isolated by"), default=list)
    allows = models.JSONField(_("allows"), default=list)
    left_out = models.PositiveIntegerField(_("not listed"))

    class Meta:
        """Django's options."""

        verbose_name = _("policy verdict")
        verbose_name_plural = _("policy verdicts")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "namespace", "digest", "direction"), name="verdict_class"
            ),
        )

    def __str__(self) -> str:
        return f"{self.direction} of {self.namespace}/{self.pod}: {self.standing}"


class Event(Guarded):
    """A Kubernetes Event that a controller would record; equal ones are counted, not repeated."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    group = models.CharField(max_length=LABEL, blank=True)
    kind = models.CharField(_("kind"), max_length=LABEL)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME)
    type = models.CharField(_("type"), max_length=10)
    reason = models.CharField(_("reason"), max_length=128)
    message = models.TextField(_("message"))
    digest = models.CharField(max_length=32)
    count = models.PositiveIntegerField(_("count"))
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))

    class Meta:
        """Django's options; `digest` stands for type, reason and message."""

        verbose_name = _("event")
        verbose_name_plural = _("events")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "kind", "namespace", "name", "digest"), name="event_equal"
            ),
        )
        indexes = (models.Index(fields=("cluster", "last_seen"), name="event_time"),)

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class EngineState(Guarded):
    """How far the engine is: everything up to `revision` has been worked out if `is_settled`.

    `failures` lists what rules could not work out: rule, object, message; `failed` counts all.
    """

    cluster = models.OneToOneField(Cluster, models.CASCADE, related_name="+", primary_key=True)
    revision = models.BigIntegerField(default=0)
    is_settled = models.BooleanField(default=False)
    failures = models.JSONField(default=list)
    failed = models.PositiveIntegerField(default=0)
    wake = models.DateTimeField(null=True)
    time = models.DateTimeField()

    class Meta:
        """Django's options."""

        verbose_name = _("engine state")
        verbose_name_plural = _("engine states")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"engine at {self.revision}"


class Lease(Guarded):
    """Which engine process works for a cluster, and until when without renewing."""

    cluster = models.OneToOneField(Cluster, models.CASCADE, related_name="+", primary_key=True)
    holder = models.CharField(max_length=NAME)
    acquired = models.DateTimeField()
    renewed = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        """Django's options."""

        verbose_name = _("lease")
        verbose_name_plural = _("leases")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.holder} until {self.expires:%H:%M:%S}"
