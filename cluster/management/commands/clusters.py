"""``netviz clusters``: list, make and delete clusters."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from cluster.machinery.settings import dual_stack
from cluster.management.command import INVALID, NetvizCommand
from cluster.store import all_clusters, count, delete_cluster, make_cluster

ACTOR = "netviz clusters"


class Command(NetvizCommand):
    """List clusters, or make or delete one."""

    help = "List, make or delete clusters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb")
        verbs.add_parser("list", help="every cluster with its revision and objects")
        make = verbs.add_parser("make", help="a new cluster")
        make.add_argument("name")
        make.add_argument("--dual-stack", action="store_true", help="with IPv4 and IPv6")
        make.add_argument(
            "--config", default="{}", metavar="JSON", help='its settings: {"nodes": 5}'
        )
        delete = verbs.add_parser("delete", help="a cluster with everything in it")
        delete.add_argument("name")

    def handle(self, *_args: Any, **options: Any) -> None:
        match options["verb"]:
            case "make":
                self.make(options)
            case "delete":
                delete_cluster(name=options["name"])
                self.stdout.write(f"{options['name']} deleted")
            case _:
                self.list()

    def list(self) -> None:
        """Print a line for each cluster."""
        for cluster in all_clusters():
            objects = sum(count(cluster).values())
            self.stdout.write(f"{cluster.name}  revision {cluster.revision}  {objects} objects")

    def make(self, options: dict[str, Any]) -> None:
        """Make a cluster from the command's options."""
        try:
            settings = json.loads(options["config"])
        except json.JSONDecodeError as error:
            raise CommandError(f"--config is no JSON: {error}", returncode=INVALID) from error
        if not isinstance(settings, dict):
            raise CommandError("--config must be a JSON object", returncode=INVALID)
        if options["dual_stack"]:
            settings = dual_stack(settings)
        made = make_cluster(name=options["name"], actor=ACTOR, settings=settings)
        self.stdout.write(f"{made.name} made, revision {made.revision}")
