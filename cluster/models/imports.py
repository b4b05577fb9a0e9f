"""Imports: a file to read, how far reading is, and what became of every document."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cluster.models.guard import Guarded
from cluster.models.tables import ACTOR, LABEL, NAME, Cluster


class ImportJob(Guarded):
    """One upload on its way into a cluster.

    `file` lies in the data directory; `cursor` is how many bytes of the sorted documents are done,
    `counts` how many documents per outcome. Cursor, results and the objects themselves are written
    in one transaction, so a killed import goes on exactly where it was.
    """

    class State(models.TextChoices):
        """Where a job is in its life."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        HELD = "held", _("held until someone chooses")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    phase = models.CharField(_("phase"), max_length=40, blank=True)
    name = models.CharField(_("file name"), max_length=255)
    file = models.CharField(max_length=255)
    options = models.JSONField(_("options"), default=dict)
    total = models.PositiveIntegerField(_("documents"), default=0)
    cursor = models.BigIntegerField(default=0)
    counts = models.JSONField(_("outcomes"), default=dict)
    message = models.TextField(_("message"), blank=True)
    told = models.JSONField(default=dict)
    is_cancel_requested = models.BooleanField(default=False)
    actor = models.CharField(_("actor"), max_length=ACTOR)
    created = models.DateTimeField(_("created"))
    started = models.DateTimeField(_("started"), null=True)
    finished = models.DateTimeField(_("finished"), null=True)

    class Meta:
        """Django's options."""

        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)
        base_manager_name = "objects"
        indexes = (models.Index(fields=("cluster", "state"), name="import_state"),)

    def __str__(self) -> str:
        return self.name


class ImportResult(Guarded):
    """What became of one document of an import.

    `source` holds the lines around the one to blame, for refused documents without secrets:
    `{"line", "first", "text"}`, lines counted from 1 in the file. `details` is what
    `cluster.store.imports.Details` holds. `told` keeps the memories of the message, the notices
    and the causes, for pages in other languages.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    outcome = models.CharField(_("outcome"), max_length=12)
    file = models.CharField(_("file"), max_length=512)
    document = models.PositiveIntegerField(_("document"), default=0)
    line = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=LABEL, blank=True)
    namespace = models.CharField(_("namespace"), max_length=NAME, blank=True)
    name = models.CharField(_("name"), max_length=NAME, blank=True)
    message = models.TextField(_("message"), blank=True)
    field = models.CharField(_("field"), max_length=512, blank=True)
    notices = models.JSONField(default=list)
    source = models.JSONField(null=True)
    details = models.JSONField(default=dict)
    told = models.JSONField(default=dict)

    class Meta:
        """Django's options; a document has one result."""

        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(fields=("job", "position"), name="import_result_position"),
        )
        indexes = (models.Index(fields=("job", "outcome"), name="import_result_outcome"),)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.outcome}"
