"""A table of inputs as one form field: a row for each port, label or rule.

Inputs are named `<field>-<row>-<column>`, and `<field>-rows` says that the table was in the form
at all. A row left empty is no row, so that rows can be removed without a script; the script
(`static/js/admin/rows.js`) adds and removes them in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cluster.admin.fields.shape import Cells, Column, Rows
from cluster.admin.forms.inputs import input_for
from cluster.runtime.wording import said

TEMPLATE = "admin/cluster/rows.html"
NEW_ROW = "__row__"
Raw: TypeAlias = "list[dict[str, Any]]"


class RowsWidget(forms.Widget):
    """Renders the rows and one empty row; `errors` names the cells that were refused."""

    def __init__(self, columns: Sequence[Column], cells: Mapping[str, forms.Field]) -> None:
        """Render `columns`, each cell by the widget of its field."""
        super().__init__()
        self.columns = columns
        self.cells = cells
        self.errors: frozenset[tuple[int, str]] = frozenset()

    class Media:
        """What the table needs on the page."""

        css = {"all": ("css/admin.css",)}
        js = ("js/admin/rows.js",)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Raw | None:
        """Return the rows as they were sent, None where the table was not in the form."""
        if f"{name}-rows" not in data:
            return None
        pattern = re.compile(rf"{re.escape(name)}-(\d{{1,5}})-")
        numbers = {int(match[1]) for key in data if (match := pattern.match(key))}
        return [
            {
                column: field.widget.value_from_datadict(data, files, f"{name}-{number}-{column}")
                for column, field in self.cells.items()
            }
            for number in sorted(numbers)
        ]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Return whether the table was not in the form."""
        return f"{name}-rows" not in data

    def id_for_label(self, id_: str) -> str:
        """Return nothing: a table has no one input."""
        return ""

    def render(
        self,
        name: str,
        value: Raw | None,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Return the table."""
        is_disabled = bool((attrs or {}).get("disabled"))
        given = value or []
        rows = [
            self._row(name, number, row)
            for number, row in enumerate(given)
            if not is_empty(row.values())
        ]
        context = {
            "name": name,
            "columns": [(said(column.label), column.width) for column in self.columns],
            "rows": rows if is_disabled else [*rows, self._row(name, len(given), {})],
            "new_row": self._row(name, NEW_ROW, {}),
            "is_disabled": is_disabled,
        }
        rendered: SafeString = render_to_string(TEMPLATE, context)
        return rendered

    def _row(self, name: str, number: int | str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "column": column,
                "label": said(column.label),
                "input": self._cell(column, f"{name}-{number}-{column.name}", number, row),
            }
            for column in self.columns
        ]

    def _cell(
        self, column: Column, name: str, number: int | str, row: Mapping[str, Any]
    ) -> SafeString:
        attrs = {"id": f"id_{name}", "aria-label": said(column.label)}
        if (number, column.name) in self.errors:
            attrs |= {"aria-invalid": "true"}
        rendered: SafeString = self.cells[column.name].widget.render(
            name, row.get(column.name), attrs
        )
        return rendered


class RowsField(forms.Field):
    """The rows of a table; cleaned, they are the cells of those that are not empty.

    `numbers` are then their places in the table as it was sent.
    """

    widget: RowsWidget

    def __init__(self, rows: Rows, **options: Any) -> None:
        """Make the inputs of every column."""
        self.cells = {column.name: input_for(column.type) for column in rows.columns}
        self.labels = {column.name: said(column.label) for column in rows.columns}
        self.numbers: list[int] = []
        widget = RowsWidget(rows.columns, self.cells)
        super().__init__(required=False, widget=widget, **options)

    def clean(self, value: Raw | None) -> list[Cells]:
        """Return the rows that are not empty; raises ValidationError naming row and column."""
        cleaned: list[Cells] = []
        errors: list[ValidationError] = []
        self.numbers = []
        for number, row in enumerate(value or []):
            if is_empty(row.values()):
                continue
            cells: Cells = {}
            for column, field in self.cells.items():
                try:
                    cells[column] = field.clean(row.get(column))
                except ValidationError as error:
                    where = _("Row %(row)d, %(column)s: %(text)s")
                    errors += [
                        ValidationError(
                            where
                            % {"row": number + 1, "column": self.labels[column], "text": text}
                        )
                        for text in error.messages
                    ]
            cleaned.append(cells)
            self.numbers.append(number)
        if errors:
            raise ValidationError(errors)
        return cleaned

    def has_changed(self, initial: Raw | None, data: Raw | None) -> bool:
        """Return whether the rows that are not empty differ."""
        if data is None:
            return False
        return self._comparable(initial or []) != self._comparable(data)

    def _comparable(self, rows: Raw) -> list[list[str]]:
        return [
            [str(row.get(column) or "").strip().replace("\r\n", "\n") for column in self.cells]
            for row in rows
            if not is_empty(row.values())
        ]


def is_empty(cells: Iterable[Any]) -> bool:
    """Return whether nothing was typed into a row."""
    return not any(str(cell or "").strip() for cell in cells)
