"""An object's fields as text, for pages that only show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from django.contrib.admin import display
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster.admin.cells import EMPTY, manifest_of
from cluster.admin.fields import Field, Rows, groups_of
from cluster.admin.fields.shape import Cells, Column
from cluster.admin.forms.yaml_text import to_yaml
from cluster.admin.ownership import Origin
from cluster.machinery.kind import Kind
from cluster.models import Resource
from cluster.runtime.wording import said

Shown: TypeAlias = "Callable[[Resource], str]"
Fieldsets: TypeAlias = "list[Any]"
IDENTITY = ("cluster", "namespace", "name")


def fieldsets_of(kind: Kind, note: str) -> Fieldsets:
    """Return fieldsets that show an object of a kind, `note` above them."""
    identity = [name for name in IDENTITY if kind.namespaced or name != "namespace"]
    shown: Fieldsets = [(None, {"fields": identity, "description": note})]
    for group in groups_of(kind.kind):
        shown.append((said(group.title) or kind.kind, {"fields": list(_texts(group.fields))}))
    return [*shown, ("YAML", {"fields": [yaml_text]})]


def note_about(origin: Origin | None, address: str | None) -> str:
    """Return why an object only shows, with a link to the object to edit instead."""
    if origin is None:
        return ""
    text = _(
        "A controller keeps this object as it is, and makes it anew when it is deleted. "
        "To change it, edit the {}."
    )
    name = f"{origin.kind} {origin.namespace}/{origin.name}"
    if address is None:
        return format_html(text, name)
    return format_html(text, format_html('<a class="text-link" href="{}">{}</a>', address, name))


def _texts(fields: tuple[Field | Rows, ...]) -> Iterator[Shown]:
    for field in fields:
        yield _text(field)


def _text(field: Field | Rows) -> Shown:
    @display(description=said(field.label))
    def shown(row: Resource) -> str:
        manifest = manifest_of(row)
        if isinstance(field, Rows):
            return _table(field.columns, field.show(manifest))
        value = field.show(manifest)
        return ", ".join(value) if isinstance(value, list) else value or EMPTY

    shown.__name__ = f"shown_{field.name}"
    return shown


def _table(columns: tuple[Column, ...], rows: list[Cells]) -> str:
    if not rows:
        return EMPTY
    head = format_html_join("", '<th scope="col">{}</th>', ((said(c.label),) for c in columns))
    body = format_html_join("", "<tr>{}</tr>", ((_cells(columns, row),) for row in rows))
    table = '<table class="nv-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    return format_html(table, head, body)


def _cells(columns: tuple[Column, ...], row: Cells) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((row[column.name],) for column in columns))


@display(description=gettext_lazy("Manifest"))
def yaml_text(row: Resource) -> str:
    """Return the manifest as YAML, resourceVersion and status included."""
    manifest = manifest_of(row)
    meta = manifest.get("metadata")
    shown = manifest | {
        "metadata": (meta if isinstance(meta, dict) else {})
        | {"resourceVersion": str(row.revision)}
    }
    return format_html('<pre class="nv-yaml" tabindex="0">{}</pre>', to_yaml(shown))
