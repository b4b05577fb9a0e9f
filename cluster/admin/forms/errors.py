"""Refusals at the fields they are about, in the store's own words.

A refusal names a path of the manifest; the field that knows most of it gets the message, and in a
table the cell is marked. What no field holds stands above the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms

from cluster.admin.fields import Field, Rows
from cluster.admin.fields.shape import Cells, Place
from cluster.admin.forms.rows import RowsField
from cluster.machinery.errors import ApiError, BadRequest, FieldError

IDENTITY = {
    "metadata.name": "name",
    "metadata.generateName": "name",
    "metadata.namespace": "namespace",
}


def show_refusal(
    form: forms.BaseForm, error: ApiError, fields: Mapping[str, Field | Rows]
) -> None:
    """Add the errors of a refusal to `form`, whose inputs `fields` describe."""
    if not error.errors:
        where = "manifest" if isinstance(error, BadRequest) and "manifest" in form.fields else None
        form.add_error(where, error.message)
    rows: dict[str, Cells | list[Cells]] = {
        name: form.cleaned_data.get(name, []) for name in form.fields
    }
    for found in {str(found): found for found in error.errors}.values():
        name, place = _field_of(found, fields, rows)
        if name is None or name not in form.fields:
            form.add_error(None, str(found))
            continue
        _mark(form.fields[name], place)
        form.add_error(name, str(found))
        form.cleaned_data.setdefault(name, rows.get(name, []))


def _field_of(
    error: FieldError, fields: Mapping[str, Field | Rows], rows: Mapping[str, object]
) -> tuple[str | None, Place]:
    if error.field in IDENTITY:
        return IDENTITY[error.field], Place(2)
    best: tuple[str | None, Place] = (None, Place(0))
    for name, field in fields.items():
        if isinstance(field, Rows):
            cleaned = rows.get(name)
            place = field.place(error.field, cleaned if isinstance(cleaned, list) else [])
        else:
            place = field.place(error.field)
        if place is not None and place.depth > best[1].depth:
            best = (name, place)
    return best


def _mark(field: forms.Field, place: Place) -> None:
    if not isinstance(field, RowsField) or place.row is None:
        return
    if place.row < len(field.numbers):
        marks: Iterable[tuple[int, str]] = [(field.numbers[place.row], place.column)]
        field.widget.errors = field.widget.errors.union(marks)
