"""What is kept about findings, which themselves are worked out: since when, and what is muted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cluster.models.guard import Guarded
from cluster.models.tables import ACTOR, LABEL, NAME, Cluster

RULE = 16
PATH = 512
REASON = 500


class Sighting(Guarded):
    """A finding that stands, and when it was first seen; gone with the finding."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(_("rule"), max_length=RULE)
    kind = models.CharField(_("kind"), max_length=LABEL)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME)
    path = models.CharField(_("field"), max_length=PATH, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        """Django's options."""

        verbose_name = _("finding seen")
        verbose_name_plural = _("findings seen")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "rule", "kind", "namespace", "name", "path"),
                name="sighting_identity",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.namespace}/{self.name}"


class Mute(Guarded):
    """Findings that somebody does not want to hear of until `expires`, and why.

    Blank `kind`, `namespace` and `name` mean any: a rule can be muted for one object, a
    Namespace or the whole cluster.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(_("rule"), max_length=RULE)
    kind = models.CharField(_("kind"), max_length=LABEL, blank=True)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON)
    actor = models.CharField(_("by"), max_length=ACTOR)
    created = models.DateTimeField(_("since"))
    expires = models.DateTimeField(_("until"))

    class Meta:
        """Django's options."""

        verbose_name = _("muted finding")
        verbose_name_plural = _("muted findings")
        base_manager_name = "objects"
        indexes = (models.Index(fields=("cluster", "expires"), name="mute_time"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.namespace}/{self.name}"
