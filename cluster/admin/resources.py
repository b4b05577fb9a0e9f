"""The admin of every kind: one class, made for each proxy from the catalog's record of its kind.

Lists read the tables; every write goes through the store, in whose words refusals are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as confirm_deletion
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from cluster import store
from cluster.admin import deletion, readonly
from cluster.admin.cells import age, cells_of, manifest_of
from cluster.admin.fields import side_by_side
from cluster.admin.filters import filters_of
from cluster.admin.forms.resource import ResourceForm, form_for
from cluster.admin.ownership import Origin, origin_of
from cluster.admin.paging import KeyedPaginator
from cluster.admin.searching import search
from cluster.machinery.errors import ApiError
from cluster.machinery.kind import Kind
from cluster.models import PROXIES, Resource
from cluster.runtime.wording import said

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Resource]
else:
    ModelAdmin = UnfoldModelAdmin

DEEPEST_ORIGIN = 3
"""A Pod follows from a Job, which follows from a CronJob."""

NO_NAMESPACE = "-"
"""How addresses of the dashboard write the namespace of an object that has none."""


class ResourceAdmin(ModelAdmin):
    """The pages of one kind; `admin_for` makes the class of each."""

    kind: ClassVar[Kind]

    list_per_page = 100
    paginator = KeyedPaginator
    list_select_related = ("cluster",)
    list_display_links = ("name",)
    list_filter_submit = True
    list_fullwidth = True
    search_fields = ("name", "namespace", "labels")
    search_help_text = gettext_lazy("Name, namespace or label; app=web for that label.")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("cluster_id", "group", "kind", "namespace", "name")  # as the unique index has it
    compressed_fields = False
    save_as_continue = False
    warn_unsaved_form = True

    class Media:
        """The look of what the theme does not have."""

        css = {"all": ("css/admin.css",)}

    # lists

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return name, cluster, namespace, kubectl's columns and the age."""
        place = ["namespace"] if self.kind.namespaced else []
        return ["name", *place, "cluster", *cells_of(self.kind), age]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resource], search_term: str
    ) -> tuple[QuerySet[Resource], bool]:
        """Return what the search box finds; never the same object twice."""
        return search(queryset, search_term), False

    # permissions

    def has_change_permission(self, request: HttpRequest, obj: Resource | None = None) -> bool:
        """Return whether the user may change the kind, and `obj` is nobody else's to keep."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or origin_of(manifest_of(obj)) is None)

    # one object

    def get_form(
        self,
        request: HttpRequest,
        obj: Resource | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> type[ResourceForm]:
        """Return the form of the kind."""
        return form_for(self.model, self.kind, request.user.get_username())

    def get_fieldsets(
        self, request: HttpRequest, obj: Resource | None = None
    ) -> readonly.Fieldsets:
        """Return the groups of fields, or their text where the page only shows."""
        if obj is not None and not self.has_change_permission(request, obj):
            origin = origin_of(manifest_of(obj))
            return readonly.fieldsets_of(self.kind, self._note(obj, origin))
        form = form_for(self.model, self.kind, "")
        identity = tuple(name for name in readonly.IDENTITY if self._has(name))
        groups: readonly.Fieldsets = [(None, {"fields": [identity]})]
        for group in form.groups:
            fields = [field for field in group.fields if self._is_shown(field.name, obj)]
            title = said(group.title) or self.kind.kind
            if fields:
                groups.append(
                    (title, {"fields": side_by_side(fields), "description": said(group.help)})
                )
        return [*groups, ("YAML", {"fields": ["manifest", "resource_version"]})]

    def _has(self, name: str) -> bool:
        return name != "namespace" or self.kind.namespaced

    def _is_shown(self, name: str, obj: Resource | None) -> bool:
        """Whether an input is in the form: tables that are too long are not."""
        if obj is None:
            return True
        return name in form_for(self.model, self.kind, "")(instance=obj).fields

    def _note(self, obj: Resource, origin: Origin | None) -> str:
        """Return why an object only shows: what it follows from in the end, and where to edit."""
        pk: int | None = None
        for _step in range(DEEPEST_ORIGIN):
            if origin is None:
                break
            row = Resource.objects.filter(
                cluster_id=obj.cluster_id,
                kind=origin.kind,
                namespace=origin.namespace,
                name=origin.name,
            ).first()
            pk = row.pk if row is not None else None
            above = origin_of(manifest_of(row)) if row is not None else None
            if above is None:
                break
            origin = above
        if origin is None:
            return ""
        name = f"admin:cluster_{origin.kind.lower()}_change"
        return readonly.note_about(origin, reverse(name, args=[pk]) if pk else None)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Resource:  # noqa: FBT001 - Django's signature
        """Return the row that the form is about."""
        row: Resource = form.instance
        return row

    def save_model(
        self,
        request: HttpRequest,
        obj: Resource,
        form: ResourceForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Have the store write the object, and show the row as it is now."""
        written = form.write()
        for warning in written.warnings:
            messages.warning(request, warning)
        key = written.key
        stored = self.get_queryset(request).filter(
            cluster=form.cleaned_data["cluster"], namespace=key.namespace, name=key.name
        )
        for row in stored:
            obj.__dict__.update(row.__dict__)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save nothing: the object was written whole."""

    def view_on_site(self, obj: Resource) -> str:
        """Return the object's page on the dashboard."""
        namespace = obj.namespace or NO_NAMESPACE
        return f"/c/{obj.cluster.name}/o/{obj.kind}/{namespace}/{obj.name}"

    # deleting

    def get_deleted_objects(
        self, objs: QuerySet[Resource] | Sequence[Resource], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Return what a deletion takes along, for Django's page of confirmation."""
        rows = list(objs)
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        allowed = self.has_delete_permission(request)
        needed = set() if allowed else {str(self.opts.verbose_name)}
        return deletion.with_dependents(rows), counts, needed, []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask and delete; what the store refuses is said on the object's page."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ApiError as error:
            messages.error(request, error.message)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Resource) -> None:
        """Delete one object; raises ApiError."""
        written = deletion.delete(obj, request.user.get_username())
        if written.verb == "terminating":
            messages.info(request, _("%s is terminating and goes when nothing holds it.") % obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Return the actions, Django's deletion replaced by one that reports on each object."""
        actions: dict[str, Any] = super().get_actions(request)
        found = actions.get("delete_selected")
        if found is not None:
            actions["delete_selected"] = (delete_selected, *found[1:])
        return actions

    # addresses

    def get_urls(self) -> list[URLPattern]:
        """Return Django's addresses, and one that finds an object by its name."""
        by_name: Callable[..., HttpResponseBase] = self.admin_site.admin_view(self.by_name)
        address = path(
            "at/<str:cluster>/<str:namespace>/<str:name>/",
            by_name,
            name=f"{self.opts.app_label}_{self.opts.model_name}_at",
        )
        return [address, *super().get_urls()]

    def by_name(
        self, request: HttpRequest, cluster: str, namespace: str, name: str
    ) -> HttpResponseRedirect:
        """Send on to the page of an object; raises Http404 where there is none."""
        rows = self.get_queryset(request).filter(
            cluster__name=cluster,
            namespace="" if namespace == NO_NAMESPACE else namespace,
            name=name,
        )
        pk = get_object_or_404(rows.only("pk")).pk
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[pk]))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the cluster's log knows of the object."""
        row = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if row is not None:
            cluster = store.find_cluster(row.cluster.name)
            context["entries"] = [entry.change for entry in store.history(cluster, row.key)]
        return super().history_view(request, object_id, context)


def delete_selected(
    model_admin: ResourceAdmin, request: HttpRequest, queryset: QuerySet[Resource]
) -> HttpResponseBase | None:
    """Ask whether to delete the chosen objects, then delete them one by one and report."""
    if not request.POST.get("post"):
        return confirm_deletion(model_admin, request, queryset)
    if not model_admin.has_delete_permission(request):
        return confirm_deletion(model_admin, request, queryset)
    rows = list(queryset)
    model_admin.log_deletions(request, queryset)
    outcomes = deletion.delete_all(rows, request.user.get_username())
    report(request, outcomes)
    return None


def report(request: HttpRequest, outcomes: deletion.Outcomes) -> None:
    """Say what became of several deletions."""
    if outcomes.deleted:
        number = len(outcomes.deleted)
        text = ngettext("%d object was deleted.", "%d objects were deleted.", number)
        messages.success(request, text % number)
    if outcomes.terminating:
        names = ", ".join(outcomes.terminating[: deletion.MOST_LISTED])
        messages.info(request, _("Terminating: %s.") % names)
    for text in outcomes.refused[: deletion.MOST_LISTED]:
        messages.error(request, text)


def admin_for(kind: Kind) -> type[ResourceAdmin]:
    """Return the admin of a kind."""
    members = {"kind": kind, "list_filter": filters_of(kind)}
    return type(f"{kind.kind}Admin", (ResourceAdmin,), members)


def register(site: admin.AdminSite, kinds: Iterable[Kind]) -> None:
    """Register the admin of every proxy whose kind is in the catalog."""
    known = {(kind.group, kind.kind): kind for kind in kinds}
    for model in PROXIES:
        kind = known.get((model.GROUP, model.KIND))
        if kind is not None:
            site.register(model, admin_for(kind))
