"""The form of a plan: documents as text or files, and an object to add to them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cluster.web.forms import FilesField


class PlanForm(forms.Form):
    """What a plan is made from; the text comes back as it was sent, whatever was wrong."""

    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Documents"), required=False, strip=False,  # its length is the reader's to say
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
    )  # fmt: skip
    file = FilesField(label=_("Files"), required=False)
    object = forms.CharField(label=_("Object of the cluster"), max_length=400, required=False)
    taken: str | None = None

    def take_text(self, text: str) -> None:
        """Show another text than the one that was sent."""
        self.taken = text

    def text_now(self) -> str:
        """Return the text to show."""
        return self.taken if self.taken is not None else str(self["text"].value() or "")
