"""Django's record of the app. Nothing starts here: processes are started by commands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClusterConfig(AppConfig):
    """The one app of netviz, labelled ``cluster``."""

    name = "cluster"
    label = "cluster"
    verbose_name = _("Kubernetes clusters")
