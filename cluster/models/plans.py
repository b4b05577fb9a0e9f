"""Plans: what someone would change in a cluster, and what that came to, kept for a link."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cluster.models.guard import Guarded
from cluster.models.tables import ACTOR, Cluster


class StoredPlan(Guarded):
    """One plan. `text` is what was written, `revision` the one that it was compared with.

    `result` is what `cluster.questions.plan.report` keeps, with the documents that could not be
    taken; `told` keeps the memory of a title that nobody wrote. A plan is never changed, another
    computation makes another plan.
    """

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+", db_index=False)
    token = models.CharField(_("link"), max_length=16, unique=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    told = models.JSONField(default=dict)
    text = models.TextField(_("documents"))
    revision = models.BigIntegerField(_("base revision"))
    result = models.JSONField(_("result"), default=dict)
    actor = models.CharField(_("actor"), max_length=ACTOR)
    created = models.DateTimeField(_("created"))

    class Meta:
        """Django's options."""

        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("-id",)
        base_manager_name = "objects"
        indexes = (models.Index(fields=("cluster", "id"), name="plan_of_cluster"),)

    def __str__(self) -> str:
        return self.title or self.token
