"""Reading admin pages as a browser does: a form's inputs with their values, and its errors."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """Collects the inputs of the page's form, leaving out those in templates."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str | list[str]] = {}
        self._select = ""
        self._first: str | None = None
        self._area = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "template":
            self._depth += 1
        if self._depth:
            return
        if tag == "input" and name and "disabled" not in found:
            self._input(name, found)
        elif tag == "select":
            self._select, self._first = (name if "disabled" not in found else ""), None
        elif tag == "option" and self._select:
            if self._first is None or "selected" in found:
                self._first = found.get("value") or ""
                self.values[self._select] = self._first
        elif tag == "textarea" and "disabled" not in found:
            self._area = name
            self.values[name] = ""

    def _input(self, name: str, found: dict[str, str | None]) -> None:
        kind = found.get("type") or "text"
        if kind in {"submit", "button", "image"} or (
            kind in {"checkbox", "radio"} and "checked" not in found
        ):
            return
        value = found.get("value") or ""
        if kind == "checkbox":
            values = self.values.setdefault(name, [])
            assert isinstance(values, list)
            values.append(value)
        else:
            self.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._depth -= 1
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            text = self.values[self._area]
            assert isinstance(text, str)
            self.values[self._area] = text.removeprefix("\r\n").removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and not self._depth:
            text = self.values[self._area]
            assert isinstance(text, str)
            self.values[self._area] = text + data


def inputs(response: Any) -> dict[str, str | list[str]]:
    """Return what a browser would send if the form were saved as it is."""
    assert response.status_code == 200, response.status_code
    form = _Form()
    form.feed(response.content.decode())
    for name in ("q", "csrfmiddlewaretoken", "language", "next"):
        form.values.pop(name, None)
    return form.values


def errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of a refused form by field, "__all__" for the form's own."""
    assert response.status_code == 200, response.status_code
    context = response.context
    form = context["adminform"].form
    return {name: list(texts) for name, texts in form.errors.items()}
