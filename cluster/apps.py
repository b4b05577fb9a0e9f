"""Django's record of the app. Nothing starts here: processes are started by commands."""

from django.apps import AppConfig


class ClusterConfig(AppConfig):
    """The one app of netviz, labelled ``cluster``."""

    name = "cluster"
    label = "cluster"
    verbose_name = "Kubernetes clusters"
