"""Pages that only show: the log, what the engine worked out, imports; and users and groups.

These tables are written by the store, the engine and imports; nobody edits them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from cluster.admin.clusters import ClusterAdmin
from cluster.admin.filters import ClusterFilter
from cluster.machinery.kept_texts import recalled
from cluster.models import (
    Change,
    Cluster,
    DNSRecord,
    EngineState,
    Event,
    ImportJob,
    Lease,
    PolicyVerdict,
)
from cluster.runtime.wording import said
from cluster.store.facts import stored_verdict

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    DjangoUserAdmin = UserAdmin[User]
else:
    ModelAdmin = UnfoldModelAdmin
    DjangoUserAdmin = UserAdmin


class RecordAdmin(ModelAdmin):
    """Lists and shows; every field is text."""

    list_per_page = 100
    list_select_related = ("cluster",)
    list_filter: ClassVar[Any] = (ClusterFilter,)
    list_filter_submit = True
    list_fullwidth = True
    show_full_result_count = False
    compressed_fields = False

    class Media:
        """What its lists need besides the theme."""

        css: ClassVar = {"all": ("css/admin.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: rows are made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False


class ChangeAdmin(RecordAdmin):
    """The log of every cluster."""

    list_display = ("revision", "cluster", "time", "verb", "kind", "namespace", "name", "actor",
                    "paths")  # fmt: skip
    list_filter: ClassVar[Any] = (ClusterFilter, "verb")
    search_fields = ("name", "namespace", "kind", "actor")
    ordering = ("-pk",)
    fields = ("cluster", "revision", "time", "verb", "kind", "namespace", "name", "actor", "paths")


class DNSRecordAdmin(RecordAdmin):
    """The records of the clusters' zones."""

    list_display = ("name", "cluster", "type", "ttl_seconds", "data", "kind", "namespace", "owner")
    list_filter: ClassVar[Any] = (ClusterFilter, "type")
    search_fields = ("name", "data", "owner")
    ordering = ("cluster_id", "name", "type", "pk")


class PolicyVerdictAdmin(RecordAdmin):
    """What NetworkPolicies let open to each class of equal Pods, by direction."""

    list_display = ("class_name", "cluster", "direction", "standing", "policies", "allowances",
                    "pods")  # fmt: skip
    list_filter: ClassVar[Any] = (ClusterFilter, "direction", "standing")
    search_fields = ("namespace", "pod")
    ordering = ("cluster_id", "namespace", "pod", "digest", "-direction")
    fields = ("cluster", "namespace", "pod", "pods", "digest", "direction", "standing", "is_node",
              "policies", "allowances", "left_out")  # fmt: skip
    readonly_fields = ("policies", "allowances")

    @admin.display(description=_("Pods like"), ordering="pod")
    def class_name(self, row: PolicyVerdict) -> str:
        """Return the class by one of its Pods."""
        return f"{row.namespace}/{row.pod}"

    @admin.display(description=_("isolated by"))
    def policies(self, row: PolicyVerdict) -> str:
        """Return the policies that isolate the class."""
        return ", ".join(row.isolated_by)

    @admin.display(description=_("allows"))
    def allowances(self, row: PolicyVerdict) -> str:
        """Return who may connect or be reached, with the ports."""
        found = [f"{each.peer}: {each.ports_text}" for each in stored_verdict(row).allows]
        return "; ".join(found)


class EventAdmin(RecordAdmin):
    """Kubernetes Events that controllers recorded."""

    list_display = ("last_seen", "cluster", "type", "reason", "kind", "namespace", "name",
                    "message", "count")  # fmt: skip
    list_filter: ClassVar[Any] = (ClusterFilter, "type")
    search_fields = ("name", "namespace", "reason", "message")
    ordering = ("-last_seen", "-pk")


STAGES = {"reading": _("reading"), "applying": _("applying")}
"""What a running import does, as it is stored and as it is said."""


class ImportJobAdmin(RecordAdmin):
    """Uploads and what became of them."""

    list_display = ("title", "cluster", "state", "stage", "total", "actor", "created", "finished")
    list_display_links = ("title",)
    list_filter: ClassVar[Any] = (ClusterFilter, "state")
    search_fields = ("name", "actor")
    fields = ("title", "cluster", "state", "stage", "total", "counts", "outcome", "actor",
              "created", "started", "finished")  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("file name"), ordering="name")
    def title(self, row: ImportJob) -> str:
        """Return the name of the upload; what stands for one is said again."""
        return _recalled(row, row.name)

    @admin.display(description=_("phase"), ordering="phase")
    def stage(self, row: ImportJob) -> str:
        """Return what it is doing, in a word."""
        return str(STAGES.get(row.phase, row.phase))

    @admin.display(description=_("message"))
    def outcome(self, row: ImportJob) -> str:
        """Return how it ended."""
        return _recalled(row, row.message)

    def get_object(self, *args: Any, **kwargs: Any) -> ImportJob | None:
        """Return a job to be shown, never saved, under its name in the reader's language."""
        row: ImportJob | None = super().get_object(*args, **kwargs)
        if row is not None:
            row.name = self.title(row)
        return row


def _recalled(row: ImportJob, text: str) -> str:
    return said(recalled(row.told).get(text, text))


class EngineStateAdmin(RecordAdmin):
    """How far the engine is with each cluster, and what it could not work out."""

    list_display = ("cluster", "revision", "is_settled", "failed", "time")
    ordering = ("cluster_id",)


class LeaseAdmin(RecordAdmin):
    """Which engine process works for which cluster."""

    list_display = ("cluster", "holder", "acquired", "renewed", "expires")
    ordering = ("cluster_id",)


class ThemedUserAdmin(DjangoUserAdmin, ModelAdmin):
    """Django's users in the theme's look."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    compressed_fields = False


class ThemedGroupAdmin(GroupAdmin, ModelAdmin):
    """Django's groups in the theme's look."""

    compressed_fields = False


PAGES: tuple[tuple[type[Model], type[admin.ModelAdmin[Any]]], ...] = (
    (Cluster, ClusterAdmin),
    (Change, ChangeAdmin),
    (DNSRecord, DNSRecordAdmin),
    (PolicyVerdict, PolicyVerdictAdmin),
    (Event, EventAdmin),
    (ImportJob, ImportJobAdmin),
    (EngineState, EngineStateAdmin),
    (Lease, LeaseAdmin),
    (User, ThemedUserAdmin),
    (Group, ThemedGroupAdmin),
)


def register(site: admin.AdminSite) -> None:
    """Register the pages, those of users and groups in the place of Django's own."""
    for model, page in PAGES:
        if site.is_registered(model):
            site.unregister(model)
        site.register(model, page)
