"""The admin of clusters: making, copying, describing, resetting and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from cluster import store
from cluster.admin.fields import side_by_side
from cluster.admin.forms.cluster import SETTINGS, ClusterForm
from cluster.admin.readonly import Fieldsets
from cluster.models import Cluster, Resource
from cluster.runtime.wording import said

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Cluster]
else:
    ModelAdmin = UnfoldModelAdmin


class ClusterAdmin(ModelAdmin):
    """See the module; settings are chosen when a cluster is made, as with a real one."""

    list_display = ("name", "title", "revision", "created")
    search_fields = ("name", "title", "description")
    ordering = ("name",)
    actions = ("reset_clusters",)
    compressed_fields = False
    form = ClusterForm

    class Media:
        """The look of what the theme does not have."""

        css = {"all": ("css/admin.css",)}

    def get_form(
        self,
        request: HttpRequest,
        obj: Cluster | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> type[ClusterForm]:
        """Return the form; the log will name the user."""
        return type("ActingClusterForm", (ClusterForm,), {"actor": request.user.get_username()})

    def get_fieldsets(self, request: HttpRequest, obj: Cluster | None = None) -> Fieldsets:
        """Return the settings by heading; those of a cluster that is there only show."""
        if obj is not None and not self.has_change_permission(request, obj):
            plain = ["name", "title", "description", "settings", "revision", "created"]
            return [(None, {"fields": plain})]
        first = ["name", "title", "description"]
        if obj is None:
            first += ["copy_of", "dual_stack"]
        note = _("Settings are chosen when a cluster is made; copy it to choose others.")
        groups: Fieldsets = [(None, {"fields": first})]
        for title, fields in SETTINGS.items():
            lines = side_by_side(fields)
            groups.append((said(title), {"fields": lines, "description": note if obj else ""}))
        return groups

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Cluster:  # noqa: FBT001 - Django's signature
        """Return the row that the form is about."""
        row: Cluster = form.instance
        return row

    def save_model(
        self,
        request: HttpRequest,
        obj: Cluster,
        form: ClusterForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Have the store make the cluster or change how it is shown."""
        made = form.write()
        obj.__dict__.update(Cluster.objects.get(pk=made.id).__dict__)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save nothing more."""

    def view_on_site(self, obj: Cluster) -> str:
        """Return the cluster's map on the dashboard."""
        return f"/c/{obj.name}/map"

    def get_deleted_objects(
        self, objs: QuerySet[Cluster] | Sequence[Cluster], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Return the clusters with how many objects go with each."""
        listed: list[Any] = []
        for cluster in objs:
            number = Resource.objects.filter(cluster_id=cluster.pk).count()
            text = ngettext(
                "%(number)s object and its log", "%(number)s objects and their log", number
            )
            listed += [cluster.name, [text % {"number": number}]]
        allowed = self.has_delete_permission(request)
        needed = set() if allowed else {str(self.opts.verbose_name)}
        return listed, {str(self.opts.verbose_name_plural): len(objs)}, needed, []

    def delete_model(self, request: HttpRequest, obj: Cluster) -> None:
        """Delete a cluster with everything in it."""
        store.delete_cluster(name=obj.name)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Cluster]) -> None:
        """Delete the chosen clusters."""
        for name in list(queryset.values_list("name", flat=True)):
            store.delete_cluster(name=name)

    @admin.action(
        description=gettext_lazy("Reset the chosen clusters to new ones"), permissions=["change"]
    )
    def reset_clusters(self, request: HttpRequest, queryset: QuerySet[Cluster]) -> None:
        """Remove every object of the chosen clusters and start as new clusters do."""
        for name in list(queryset.values_list("name", flat=True)):
            store.reset_cluster(name=name, actor=request.user.get_username())
            messages.success(request, _("Cluster %s was reset.") % name)
