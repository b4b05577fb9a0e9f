"""``netviz kubeconfig``: what kubectl needs to talk to the stored clusters."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cluster.runtime import certificates
from cluster.runtime.firstrun import ADMIN_NAME
from cluster.runtime.kubeconfig import kubeconfig
from cluster.store import all_clusters


class Command(BaseCommand):
    """Print a kubeconfig with a user's token."""

    help = "Print a kubeconfig for kubectl: netviz kubeconfig > ~/.kube/netviz"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cluster", help="the cluster of the current context")
        parser.add_argument("--user", default=ADMIN_NAME, help="whose token it holds")
        parser.add_argument("--host", default="127.0.0.1", help="name or address of the server")
        parser.add_argument(
            "--https-port", type=int, default=settings.HTTPS_PORT, help="of the Kubernetes API"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        names = [cluster.name for cluster in all_clusters()]
        if not names:
            raise CommandError(
                "There is no cluster yet: make one with netviz load or netviz serve."
            )
        current = options["cluster"] or (
            settings.DNS_CLUSTER if settings.DNS_CLUSTER in names else names[0]
        )
        if current not in names:
            raise CommandError(f"There is no cluster {current!r}; there are {', '.join(names)}.")
        user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}.")
        held = certificates.ensure_authority(settings.NETVIZ_DATA)
        self.stdout.write(
            kubeconfig(
                [options["cluster"]] if options["cluster"] else names,
                user,
                current=current,
                authority=held.authority.read_bytes(),
                host=options["host"],
                https_port=options["https_port"],
            ),
            ending="",
        )
