"""Clusters, their objects and their log: the tables everything else is derived from."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cluster.machinery.meta import Key
from cluster.models.guard import Guarded, GuardedQuerySet

NAME = 253  # a DNS subdomain, the longest name Kubernetes knows
LABEL = 63  # a DNS label: kinds, groups in use and Namespaces are no longer
UID = 128  # ours are UUIDs; objects of imported clusters may bring others
ACTOR = 150  # as long as Django's user names

dns_label = RegexValidator(
    r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z",
    _("A name has 1 to 63 lower case letters, digits and hyphens, no hyphen at either end."),
)


class Cluster(Guarded):
    """One simulated cluster. Its row is the lock that revisions are taken under.

    `revision` is the last one given, `oldest_revision` the last one no longer in the log: a
    reader that stands there or later can go on reading, one before it lists again.
    """

    name = models.CharField(_("name"), max_length=LABEL, unique=True, validators=[dns_label])
    uid = models.CharField(max_length=UID, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    revision = models.BigIntegerField(_("revision"), default=0, editable=False)
    oldest_revision = models.BigIntegerField(default=0, editable=False)
    created = models.DateTimeField(_("created"), editable=False)

    class Meta:
        """Django's options."""

        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ("name",)
        base_manager_name = "objects"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(oldest_revision__gte=0)
                & models.Q(revision__gte=models.F("oldest_revision")),
                name="cluster_revisions_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ResourceQuerySet(GuardedQuerySet["Resource"]):
    """The objects; a proxy's manager shows those of its kind."""


class ResourceManager(models.Manager.from_queryset(ResourceQuerySet)):  # type: ignore[misc]
    """Every object, or those of one kind on a proxy."""

    def get_queryset(self) -> ResourceQuerySet:
        """Return the rows of this model: on a proxy, those of its kind."""
        rows: ResourceQuerySet = super().get_queryset()
        if self.model._meta.proxy:  # noqa: SLF001 - Django's documented model API
            return rows.filter(group=self.model.GROUP, kind=self.model.KIND)
        return rows


class Resource(Guarded):
    """One Kubernetes object of any kind, manifest whole, with the columns that queries need.

    `manifest` is JSON without resourceVersion; `owner_uid` the controller's uid, else the first
    owner's, with the others in Ownership.
    """

    GROUP: ClassVar[str] = ""
    KIND: ClassVar[str] = ""

    cluster = models.ForeignKey(
        Cluster, models.PROTECT, related_name="+", db_index=False, verbose_name=_("cluster")
    )
    group = models.CharField(max_length=LABEL, blank=True)
    kind = models.CharField(_("kind"), max_length=LABEL)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME)
    uid = models.CharField(max_length=UID)
    revision = models.BigIntegerField(_("revision"))
    generation = models.BigIntegerField(default=0)
    labels = models.JSONField(_("labels"), default=dict)
    owner_uid = models.CharField(max_length=UID, blank=True)
    deleted = models.DateTimeField(_("deletion time"), null=True)
    created = models.DateTimeField(_("created"))
    manifest = models.BinaryField()

    objects: ClassVar[ResourceManager] = ResourceManager()

    class Meta:
        """Django's options."""

        verbose_name = _("object")
        verbose_name_plural = _("objects")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "group", "kind", "namespace", "name"),
                name="resource_identity",
            ),
        )
        indexes = (
            models.Index(
                fields=("cluster", "owner_uid"),
                name="resource_owner",
                condition=~models.Q(owner_uid=""),
            ),
        )

    def __str__(self) -> str:
        return str(self.key)

    @property
    def key(self) -> Key:
        """Who this object is."""
        return Key(self.group, self.kind, self.namespace, self.name)


class Ownership(Guarded):
    """An owner of an object beyond the one in its row; few objects have any."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    owner_uid = models.CharField(max_length=UID)

    class Meta:
        """Django's options."""

        base_manager_name = "objects"
        indexes = (models.Index(fields=("cluster", "owner_uid"), name="ownership_owner"),)

    def __str__(self) -> str:
        return self.owner_uid


class Change(Guarded):
    """One entry of a cluster's log: what one write did to one object.

    `manifest` is the object after the change (for a deletion: as it was last), `previous` the one
    before it where there was one that stayed; `paths` the changed fields, one a line.
    """

    class Verb(models.TextChoices):
        """What happened, in the words of a watch."""

        ADDED = "added", _("added")
        MODIFIED = "modified", _("modified")
        DELETED = "deleted", _("deleted")

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    revision = models.BigIntegerField(_("revision"))
    verb = models.CharField(_("verb"), max_length=8, choices=Verb)
    group = models.CharField(max_length=LABEL, blank=True)
    kind = models.CharField(_("kind"), max_length=LABEL)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME)
    uid = models.CharField(max_length=UID)
    actor = models.CharField(_("actor"), max_length=ACTOR)
    time = models.DateTimeField(_("time"))
    paths = models.TextField(_("changed fields"), blank=True)
    manifest = models.BinaryField()
    previous = models.BinaryField(null=True)
    previous_revision = models.BigIntegerField(null=True)

    class Meta:
        """Django's options."""

        verbose_name = _("change")
        verbose_name_plural = _("changes")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(fields=("cluster", "revision"), name="change_revision"),
        )
        indexes = (
            models.Index(
                fields=("cluster", "kind", "namespace", "name", "revision"), name="change_object"
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision}: {self.key} {self.verb}"

    @property
    def key(self) -> Key:
        """Whose change this is."""
        return Key(self.group, self.kind, self.namespace, self.name)
