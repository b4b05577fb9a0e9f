"""Django's inputs for the types of `cluster.admin.fields`, in the look of the theme."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cluster.admin.fields.types import Choice, Flag, Number, Several, Text

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
UNSET = ("", _("default"))


def input_for(kind: object, **options: Any) -> forms.Field:
    """Return the form field that holds what `kind`, one of the types, shows.

    It is never required: what has to be there is admission's to say.
    """
    return _input(kind, {"required": False, **options})


@singledispatch
def _input(_kind: object, options: dict[str, Any]) -> forms.Field:
    return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs=dict(PLAIN)), **options)


@_input.register
def _text(kind: Text, options: dict[str, Any]) -> forms.Field:
    if kind.lines == 1:
        widget = UnfoldAdminTextInputWidget(attrs=dict(PLAIN))
        return forms.CharField(widget=widget, **options)
    widget = UnfoldAdminTextareaWidget(attrs={"rows": kind.lines, **PLAIN})
    return Lines(widget=widget, **options)


@_input.register
def _number(_kind: Number, options: dict[str, Any]) -> forms.Field:
    attrs = {"type": "number", "inputmode": "numeric", **PLAIN}
    return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs=attrs), **options)


@_input.register
def _flag(_kind: Flag, options: dict[str, Any]) -> forms.Field:
    choices = [UNSET, ("true", _("yes")), ("false", _("no"))]
    return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget(), **options)


@_input.register
def _choice(kind: Choice, options: dict[str, Any]) -> forms.Field:
    choices = [UNSET, *((word, word) for word in kind.words)]
    return AnyWord(choices=choices, widget=UnfoldAdminSelectWidget(), **options)


@_input.register
def _several(kind: Several, options: dict[str, Any]) -> forms.Field:
    choices = [(word, word) for word in kind.words]
    widget = UnfoldAdminCheckboxSelectMultipleWidget()
    return forms.MultipleChoiceField(choices=choices, widget=widget, **options)


class Lines(forms.CharField):
    """Text of several lines, kept as it is; browsers end lines with CR LF, manifests with LF."""

    def __init__(self, **options: Any) -> None:
        """Keep white space at both ends."""
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        """Return the text with LF at the end of each line."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class AnyWord(forms.ChoiceField):
    """A choice that leaves it to admission to refuse other words, in its own words."""

    def valid_value(self, value: str) -> bool:
        """Accept every word."""
        return True
