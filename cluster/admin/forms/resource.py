"""The form of one object: its inputs, its YAML, and one write through the store.

Inputs and YAML show the same manifest. What the YAML says counts, except where an input was
changed: that is put into the YAML's manifest last. `clean` asks the store whether it would take
the result, so that its words stand at the fields; `write` then has it stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cluster import store
from cluster.admin.fields import Field, Group, Rows, groups_of
from cluster.admin.fields.types import Unreadable
from cluster.admin.forms.errors import show_refusal
from cluster.admin.forms.inputs import PLAIN, Lines, input_for
from cluster.admin.forms.rows import RowsField
from cluster.admin.forms.yaml_text import UnreadableYAML, editable, from_yaml, to_yaml
from cluster.machinery.errors import ApiError, Conflict
from cluster.machinery.kind import Kind
from cluster.machinery.manifest import Manifest, WrongType, child_mapping, copy
from cluster.models import Cluster, Resource
from cluster.runtime.wording import said

if TYPE_CHECKING:
    ResourceModelForm = forms.ModelForm[Resource]
else:
    ResourceModelForm = forms.ModelForm

DEFAULT_NAMESPACE = "default"
MOST_ROWS = 100
"""Longer tables are edited as YAML: their inputs would be thousands."""


class ResourceForm(ResourceModelForm):
    """See the module; `form_for` makes the class of each kind."""

    kind: ClassVar[Kind]
    groups: ClassVar[tuple[Group, ...]]
    actor: ClassVar[str]
    described: ClassVar[Mapping[str, Field | Rows]]

    cluster = forms.ModelChoiceField(
        Cluster.objects.all(), label=gettext_lazy("Cluster"), widget=UnfoldAdminSelectWidget()
    )
    namespace = forms.CharField(
        required=False,
        label=gettext_lazy("Namespace"),
        widget=UnfoldAdminTextInputWidget(attrs=dict(PLAIN)),
    )
    name = forms.CharField(
        required=False,
        label=gettext_lazy("Name"),
        widget=UnfoldAdminTextInputWidget(attrs=dict(PLAIN)),
    )
    manifest = Lines(
        required=False,
        label=gettext_lazy("Manifest"),
        help_text=gettext_lazy(
            "The whole object as YAML. A field changed above is put into it when saving, "
            "and wins where both were changed."
        ),
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 24, "class": "nv-yaml", "wrap": "off", **PLAIN}
        ),
    )
    resource_version = forms.CharField(
        required=False, label=gettext_lazy("Resource version"), widget=forms.HiddenInput()
    )

    class Meta:
        """Django's options: no field comes from the model, whose rows the store writes."""

        model = Resource
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the instance's manifest, or an empty one of the kind."""
        super().__init__(*args, **kwargs)
        self.written: store.Written | None = None
        self.is_new = self.instance.pk is None
        self.opened = self._empty() if self.is_new else _stored(self.instance)
        shown = editable(self.opened, has_status=self.kind.has_status)
        for name, field in self.described.items():
            if isinstance(field, Rows) and len(field.show(shown)) > MOST_ROWS:
                self.fields.pop(name, None)
            elif name not in self.initial:
                self.initial[name] = field.show(shown)
        self.initial["manifest"] = to_yaml(shown)
        self.initial["resource_version"] = "" if self.is_new else str(self.instance.revision)
        self._fix_identity()

    def _empty(self) -> Manifest:
        return {"apiVersion": self.kind.api_version, "kind": self.kind.kind, "metadata": {}}

    def _fix_identity(self) -> None:
        """An object keeps its cluster, namespace and name for life."""
        if not self.kind.namespaced:
            del self.fields["namespace"]
        if self.is_new:
            if self.kind.namespaced:
                self.initial.setdefault("namespace", DEFAULT_NAMESPACE)
            return
        for name in ("cluster", "namespace", "name"):
            if name in self.fields:
                self.initial[name] = getattr(self.instance, name)
                self.fields[name].disabled = True

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the inputs that were changed; inputs that were not sent are unchanged."""
        return [
            name
            for name in super().changed_data
            if name != "resource_version"
            and not self.fields[name].widget.value_omitted_from_data(
                self.data, self.files, self.add_prefix(name)
            )
        ]

    def _post_clean(self) -> None:
        """Ask the store for its opinion, in the place of Django's checks of model fields."""
        if self.errors:
            return
        manifest = self.compose()
        if self.errors:
            return
        self.composed = manifest
        try:
            self._write(dry_run=True)
        except ApiError as error:
            self.refuse(error)

    def refuse(self, error: ApiError) -> None:
        """Show a refusal of the store at the fields it is about."""
        show_refusal(self, error, self.described)
        if isinstance(error, Conflict) and not self.is_new:
            text = _(
                "It has been changed since this form was opened. Load the page again to see the "
                "current version, and make your change there."
            )
            self.add_error(None, text)

    def compose(self) -> Manifest:
        """Return the manifest that the form describes; adds errors for what cannot be read."""
        manifest = self._base()
        for name, field in self.described.items():
            if name in self.changed_data and name in self.cleaned_data:
                self._put(manifest, name, field)
        if not self.errors:
            self._identify(manifest)
        return manifest

    def _base(self) -> Manifest:
        text = self.cleaned_data.get("manifest")
        if not text or "manifest" not in self.changed_data:
            return editable(copy(self.opened), has_status=self.kind.has_status)
        try:
            manifest = from_yaml(text)
        except UnreadableYAML as error:
            self.add_error("manifest", said(error.args[0]))
            return self._empty()
        if manifest.get("kind") != self.kind.kind:
            told = {"found": manifest.get("kind"), "kind": self.kind.kind}
            text = _("This is a %(found)s; the form is for a %(kind)s.")
            self.add_error("manifest", text % told)
        return manifest

    def _put(self, manifest: Manifest, name: str, field: Field | Rows) -> None:
        try:
            field.write(manifest, self.cleaned_data[name])
        except Unreadable as error:
            self.add_error(name, said(error.args[0]))
        except WrongType as error:
            self.add_error("manifest", str(error))

    def _identify(self, manifest: Manifest) -> None:
        """Put name, namespace and, for a change, uid and resourceVersion where they belong."""
        try:
            meta = child_mapping(manifest, "metadata")
        except WrongType as error:
            self.add_error("manifest", str(error))
            return
        for name in ("name", "namespace"):
            given = self.cleaned_data.get(name)
            if given and (name in self.changed_data or name not in meta):
                meta[name] = given
        if not self.is_new:
            meta["resourceVersion"] = str(self._seen_revision())

    def _seen_revision(self) -> int:
        """Return the revision that the form was opened at, or a later one that is no other to it.

        Controllers write status while somebody types; that is no conflict.
        """
        text = self.cleaned_data.get("resource_version") or ""
        seen = int(text) if text.isascii() and text.isdigit() else self.instance.revision
        current: int = self.instance.revision
        if seen == current:
            return seen
        cluster = store.find_cluster(self.instance.cluster.name)
        try:
            then = store.object_at(cluster, self.instance.key, seen)
        except ApiError:
            return seen
        return current if then is not None and self._reads_alike(then) else seen

    def _reads_alike(self, then: Manifest) -> bool:
        """Whether an earlier version has what the stored one has, apart from bookkeeping."""
        one, other = (
            editable(manifest, has_status=self.kind.has_status) for manifest in (then, self.opened)
        )
        return one == other

    def write(self) -> store.Written:
        """Have the store write what the form describes; raises ApiError."""
        self.written = self._write(dry_run=False)
        return self.written

    def _write(self, *, dry_run: bool) -> store.Written:
        cluster = self.cleaned_data["cluster"].name
        if self.is_new:
            return store.create(
                cluster=cluster,
                document=copy(self.composed),
                actor=self.actor,
                namespace=self.cleaned_data.get("namespace", ""),
                field_validation="Strict",
                dry_run=dry_run,
            )
        return store.replace(
            cluster=cluster,
            document=copy(self.composed),
            address=self.instance.key,
            actor=self.actor,
            field_validation="Strict",
            dry_run=dry_run,
        )

    def save(self, commit: bool = True) -> Resource:  # noqa: FBT001, FBT002 - Django's signature
        """Return the instance; the admin's `save_model` has it written."""
        self.save_m2m = _nothing_more  # type: ignore[method-assign]  # as Django does
        return self.instance


def _nothing_more() -> None:
    """Save no relations: an object is written whole."""


def form_for(model: type[Resource], kind: Kind, actor: str) -> type[ResourceForm]:
    """Return the form of a kind; the log will name `actor`."""
    groups = groups_of(kind.kind)
    described = {field.name: field for group in groups for field in group.fields}
    members: dict[str, Any] = {
        "kind": kind,
        "groups": groups,
        "actor": actor,
        "described": described,
        "Meta": type("Meta", (ResourceForm.Meta,), {"model": model}),
        **dict(_inputs(described.values())),
    }
    return type(f"{kind.kind}Form", (ResourceForm,), members)


def _inputs(described: Iterable[Field | Rows]) -> Iterable[tuple[str, forms.Field]]:
    for field in described:
        options = {"label": said(field.label), "help_text": said(field.help)}
        if isinstance(field, Rows):
            yield field.name, RowsField(field, **options)
        else:
            yield field.name, input_for(field.type, **options)


def _stored(instance: Resource) -> Manifest:
    found: Manifest = orjson.loads(bytes(instance.manifest))
    return found
