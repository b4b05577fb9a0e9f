"""The form of a cluster: every setting as a field, checked as settings are checked everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from cluster import store
from cluster.admin.fields.shape import Field, get, is_below
from cluster.admin.fields.types import Choice, Flag, Number, Text, Unreadable, Words
from cluster.admin.forms.inputs import PLAIN, input_for
from cluster.admin.forms.yaml_text import to_yaml
from cluster.machinery import yaml_reader
from cluster.machinery.errors import FieldError
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.names import dns_label
from cluster.machinery.settings import (
    POD_RECORD_MODES,
    RESOLVERS,
    SETTING_NAMES,
    InvalidSettings,
    dual_stack,
    parse_settings,
)
from cluster.machinery.texts import say
from cluster.machinery.unreadable import Unreadable as UnreadableText
from cluster.models import Cluster
from cluster.runtime.wording import said

if TYPE_CHECKING:
    ClusterModelForm = forms.ModelForm[Cluster]
else:
    ClusterModelForm = forms.ModelForm


def setting(name: str, label: str, type_: Any, help_text: str = "") -> Field:
    """Return the field of a setting; `dns.ttl` stands one level down."""
    return Field(
        f"setting_{name.replace('.', '_')}", label, tuple(name.split(".")), type_, help_text
    )


NETWORK = (
    setting(
        "service_cidrs",
        say("Service CIDRs"),
        Words(),
        say("One for each family, the primary first."),
    ),
    setting("pod_cidrs", say("Pod CIDRs"), Words()),
    setting(
        "node_mask",
        say("Node mask"),
        Text(),
        say("24, or a length for each family: IPv4: 24, IPv6: 64."),
    ),
    setting("node_port_range", say("Node ports"), Text(), "30000-32767"),
    setting("loadbalancer_pool", say("Load balancer pool"), Words()),
    setting("max_endpoints_per_slice", say("Endpoints per slice"), Number()),
    setting("ingress_controller", say("Ingress controller"), Text()),
)
DNS = (
    setting("cluster_domain", say("Cluster domain"), Text()),
    setting(
        "cluster_dns",
        say("DNS Service"),
        Words(),
        say("Empty: the tenth address of each Service CIDR."),
    ),
    setting("dns.ttl", say("Time to live (s)"), Number()),
    setting("dns.pods", say("Pod records"), Choice(POD_RECORD_MODES)),
    setting("dns.zones", say("Zones"), Words()),
    setting("dns.ignore_empty_service", say("Ignore empty Services"), Flag()),
    setting("dns.endpoint_pod_names", say("Endpoints by Pod name"), Flag()),
    setting("dns.server_ips", say("Server addresses"), Words()),
    setting(
        "upstream_dns", say("Upstream records"), Text(4), say("As YAML: a name with its answers.")
    ),
    setting("node_resolv_conf", say("resolv.conf of the Nodes"), Text(4)),
    setting("kubelet_resolv_conf_flag_empty", say("kubelet without --resolv-conf"), Flag()),
    setting("resolver", say("Resolver of the Pods"), Choice(RESOLVERS)),
)
START = (
    setting("nodes", say("Nodes"), Number(), say("Made when the cluster is made or reset.")),
    setting("bootstrap", say("Services of the control plane"), Flag()),
)
SETTINGS: Mapping[str, tuple[Field, ...]] = {
    say("Network"): NETWORK,
    "DNS": DNS,
    say("Start"): START,
}
"""The settings by heading; a test holds them equal to those there are."""

FIELDS = {field.name: field for group in SETTINGS.values() for field in group}
IN_YAML = frozenset({"upstream_dns", "node_mask"})
"""Settings that may be mappings, typed as YAML."""


class ClusterForm(ClusterModelForm):
    """Makes a cluster; of one that is there, only how it is shown can change."""

    actor = ""

    name = forms.CharField(
        required=False,
        label=_("Name"),
        help_text=_("1 to 63 lower case letters, digits and hyphens; part of every address."),
        widget=UnfoldAdminTextInputWidget(attrs=dict(PLAIN)),
    )
    title = forms.CharField(
        required=False, max_length=200, label=_("Title"), widget=UnfoldAdminTextInputWidget()
    )
    description = forms.CharField(
        required=False, label=_("Description"), widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    copy_of = forms.ModelChoiceField(
        Cluster.objects.all(),
        required=False,
        label=_("Copy of"),
        help_text=_("Take objects and settings from another cluster, as it is now."),
        widget=UnfoldAdminSelectWidget(),
    )
    dual_stack = forms.BooleanField(
        required=False,
        label=_("Dual stack"),
        help_text=_("IPv4 and IPv6, where no CIDRs are given below."),
    )

    class Meta:
        """Django's options: the store writes clusters, too."""

        model = Cluster
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show what the cluster was made with."""
        super().__init__(*args, **kwargs)
        for name, field in FIELDS.items():
            self.fields[name] = input_for(
                field.type, label=said(field.label), help_text=said(field.help)
            )
        self.is_new = self.instance.pk is None
        if self.is_new:
            return
        for name in ("name", "title", "description"):
            self.initial[name] = getattr(self.instance, name)
        self.fields["name"].disabled = True
        for name, field in FIELDS.items():
            self.initial[name] = show_setting(field, self.instance.settings)
            self.fields[name].disabled = True
        for name in ("copy_of", "dual_stack"):
            del self.fields[name]

    def settings(self) -> Manifest:
        """Return the settings that were typed; adds errors for what cannot be read."""
        raw: Manifest = {}
        for name, field in FIELDS.items():
            shown = self.cleaned_data.get(name)
            if not shown:
                continue
            try:
                if field.path[0] in IN_YAML:
                    raw[field.path[0]] = read_yaml(shown)
                else:
                    field.write(raw, shown)
            except Unreadable as error:
                self.add_error(name, said(error.args[0]))
        return dual_stack(raw) if self.cleaned_data.get("dual_stack") else raw

    def _post_clean(self) -> None:
        """Check name and settings with the rules of the store, each at its field."""
        if self.errors or not self.is_new:
            return
        name = self.cleaned_data["name"]
        for text in dns_label(name):
            self.add_error("name", text)
        if Cluster.objects.filter(name=name).exists():
            self.add_error("name", f'clusters "{name}" already exists')
        self.raw = self.settings()
        if self.errors:
            return
        try:
            parse_settings(self.raw)
        except InvalidSettings as error:
            for found in error.errors:
                self.add_error(field_of(found), str(found))

    def write(self) -> store.ClusterHandle:
        """Make the cluster, or change how it is shown; raises ApiError."""
        shown = {key: self.cleaned_data[key] for key in ("title", "description")}
        name = self.cleaned_data["name"]
        if not self.is_new:
            return store.edit_cluster(name=name, **shown)
        source = self.cleaned_data.get("copy_of")
        if source is None:
            return store.make_cluster(name=name, actor=self.actor, settings=self.raw, **shown)
        store.copy_cluster(name=source.name, new_name=name, actor=self.actor)
        return store.edit_cluster(name=name, **shown)

    def save(self, commit: bool = True) -> Cluster:  # noqa: FBT001, FBT002 - Django's signature
        """Return the instance; the admin's `save_model` has it written."""
        self.save_m2m = _nothing_more  # type: ignore[method-assign]  # as Django does
        return self.instance


def _nothing_more() -> None:
    """Save no relations."""


def field_of(error: FieldError) -> str | None:
    """Return the input that an error of the settings is about, None for the whole form."""
    for name, field in FIELDS.items():
        if is_below(error.field, ".".join(field.path)):
            return name
    return None


def show_setting(field: Field, raw: Manifest) -> object:
    """Return what the input of a setting shows of a cluster's settings."""
    value = get(raw, field.path)
    if isinstance(value, dict):
        return to_yaml(value)
    if isinstance(value, list) and isinstance(field.type, Text):
        return "-".join(str(item) for item in value)
    if isinstance(value, str) and isinstance(field.type, Words):
        return value
    return field.type.show(value)


def read_yaml(text: str) -> JSON:
    """Return the value that a text means as YAML; raises Unreadable."""
    try:
        return yaml_reader.read(text, Budget(Limits.upload()))
    except UnreadableText as error:
        raise Unreadable(str(error)) from error


assert {field.path[0] for field in FIELDS.values()} <= set(SETTING_NAMES)  # noqa: S101 - our own table
