"""What the dashboard's forms take in, and how mistakes are told at their fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from cluster.machinery.errors import ApiError
from cluster.machinery.limits import Limits
from cluster.machinery.manifest import Manifest
from cluster.machinery.settings import dual_stack
from cluster.machinery.texts import say
from cluster.runtime.wording import said

Choice = tuple[str, str]
Uploaded: TypeAlias = "UploadedFile[bytes]"
MOST_BYTES = Limits.upload().total_bytes


def _with_languages() -> list[Choice]:
    known = [(code, str(name)) for code, name in settings.LANGUAGES]
    return [("", str(_("As the browser asks"))), *known]


class PreferencesForm(forms.Form):
    """The reader's own settings."""

    theme = forms.ChoiceField(
        label=_("Theme"), required=False,
        choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark")),
                 ("contrast", _("High contrast"))],
    )  # fmt: skip
    density = forms.ChoiceField(
        label=_("Density"), required=False,
        choices=[("", _("Comfortable")), ("compact", _("Compact"))],
    )  # fmt: skip
    motion = forms.ChoiceField(
        label=_("Motion"), required=False,
        choices=[("", _("As the system")), ("reduced", _("Reduced"))],
    )  # fmt: skip
    keys = forms.ChoiceField(
        label=_("Keyboard shortcuts"), required=False,
        choices=[("", _("On")), ("off", _("Off: single letters do nothing"))],
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_with_languages)
    level = forms.ChoiceField(
        label=_("Map opens at"), required=False,
        choices=[("", _("What fits")), ("L0", _("Cluster")), ("L1", _("Namespaces"))],
    )  # fmt: skip


class ClusterForm(forms.Form):
    """A new cluster; the store checks name and settings, its errors come back to the fields."""

    name = forms.CharField(label=_("Name"), max_length=63)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    nodes = forms.IntegerField(label=_("Nodes"), min_value=0, max_value=5000, initial=3)
    is_dual_stack = forms.BooleanField(label=_("Dual stack: IPv4 and IPv6"), required=False)
    cluster_domain = forms.CharField(
        label=_("Cluster domain"), max_length=253, required=False, initial="cluster.local"
    )
    service_cidrs = forms.CharField(label=_("Service CIDRs"), max_length=200, required=False)
    pod_cidrs = forms.CharField(label=_("Pod CIDRs"), max_length=200, required=False)
    loadbalancer_pool = forms.CharField(
        label=_("Load balancer pool"), max_length=200, required=False
    )

    LISTS: ClassVar = ("service_cidrs", "pod_cidrs", "loadbalancer_pool")

    def cluster_settings(self) -> Manifest:
        """Return the settings given; those left empty take their defaults."""
        data = self.cleaned_data
        raw: Manifest = {"nodes": data["nodes"]}
        if data["cluster_domain"]:
            raw["cluster_domain"] = data["cluster_domain"]
        for name in self.LISTS:
            given = data[name].replace(",", " ").split()
            if given:
                raw[name] = list(given)
        return dual_stack(raw) if data["is_dual_stack"] else raw


class ManyFiles(forms.FileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: object, files: object, name: str) -> list[Uploaded] | None:
        """Return every file that was chosen; None where there is none."""
        if isinstance(files, MultiValueDict):
            return [found for found in files.getlist(name) if found] or None
        return None


class FilesField(forms.Field):
    """Any number of files, within the limits of an upload."""

    widget = ManyFiles

    def clean(self, value: list[Uploaded] | None) -> list[Uploaded]:
        """Return the files; raises ValidationError where they are more than an import takes."""
        files = value or []
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            text = _("More than %(number)d MB at once: split the upload, or pack it.")
            raise forms.ValidationError(text, params={"number": MOST_BYTES >> 20})
        return files


class ImportForm(forms.Form):
    """An upload: files, pasted text, or both, into a cluster that is there or is made."""

    file = FilesField(label=_("Files"), required=False)
    text = forms.CharField(
        label=_("Or paste manifests"),
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    cluster = forms.CharField(
        label=_("Cluster"), max_length=63, widget=forms.TextInput(attrs={"list": "clusters"})
    )
    namespace = forms.CharField(
        label=_("Namespace for documents without one"), max_length=63, required=False
    )

    def clean(self) -> dict[str, object]:
        """Return the data; raises ValidationError where nothing is to be imported."""
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not str(data.get("text", "")).strip():
            self.add_error("file", _("Choose files, or paste manifests."))
        return data

    def size(self) -> int:
        """Return how many bytes are uploaded and pasted."""
        data = self.cleaned_data
        return sum(file.size or 0 for file in data["file"]) + len(data["text"].encode())

    def upload_name(self) -> str:
        """Return what the import is called: its file, or the first of several."""
        files = self.cleaned_data["file"]
        if not files:
            return say("pasted text")
        name = files[0].name or "upload"
        if len(files) == 1:
            return str(name)
        return say("{name} and {number} more", name=name, number=len(files) - 1)


class NameForm(forms.Form):
    """The name of a copy, or a name typed to confirm a deletion."""

    name = forms.CharField(label=_("Name"), max_length=63)


def add_refusal(form: forms.Form, error: ApiError) -> None:
    """Put the store's errors at the fields they are about, the rest at the top of the form."""
    placed: Iterable[tuple[str | None, str]] = [
        (_field_of(form, found.field), found.body) for found in error.errors
    ] or [(None, said(error.message))]
    for field, text in placed:
        form.add_error(field, text)


def _field_of(form: forms.Form, path: str) -> str | None:
    name = path.rsplit(".", maxsplit=1)[-1].split("[", maxsplit=1)[0]
    return name if name in form.fields else None
