"""``netviz dns``: serve the zones of a cluster to real clients."""

import asyncio
import contextlib
import ipaddress
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error as DatabaseError

from cluster.domains.dns.response import Response
from cluster.management.asking import INVALID, nothing_stored
from cluster.management.command import NetvizCommand
from cluster.management.seeded import load
from cluster.runtime.dnswire import Answer
from cluster.runtime.nameserver import NameServer, answer_from, answers_of_cluster
from cluster.runtime.replica import replicas
from cluster.store import all_clusters

MOST_PORT = 65535


class Command(NetvizCommand):
    """Answer until SIGTERM or SIGINT."""

    help = "Serve the zones of a stored cluster or of manifests over UDP and TCP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="manifests instead")
        parser.add_argument("--cluster", help=f"a stored cluster ({settings.DNS_CLUSTER})")
        parser.add_argument("--port", type=int, default=settings.DNS_PORT, help="0: any free one")
        parser.add_argument("--address", default="127.0.0.1", help="to listen on")

    def handle(self, *_args: Any, **options: Any) -> None:
        paths, cluster = options["paths"], options["cluster"]
        if not 0 <= options["port"] <= MOST_PORT:
            text = f"--port: {options['port']} is not in 0-{MOST_PORT}"
            raise CommandError(text, returncode=INVALID)
        if paths and cluster:
            raise CommandError("give paths or --cluster, not both", returncode=INVALID)
        name = cluster or settings.DNS_CLUSTER
        if not paths:
            self.demand_database()
        answer = self.answers_of_paths(paths) if paths else answers_of_cluster(name)
        if not is_own(options["address"]):
            self.stderr.write(f"everybody who reaches {options['address']} may ask")
        what = "manifests" if paths else f"cluster {name}"
        server = NameServer(answer, options["address"], options["port"])
        with following(is_stored=not paths):
            try:
                asyncio.run(self.serve(server, what))
            except OSError as error:
                text = f"{options['address']}:{options['port']}: {error.strerror or error}"
                raise CommandError(text, returncode=INVALID) from error

    def demand_database(self) -> None:
        """Raise CommandError where there is no database; a cluster may come later."""
        try:
            all_clusters()
        except DatabaseError as error:
            raise CommandError(nothing_stored(error), returncode=INVALID) from error

    def answers_of_paths(self, paths: list[str]) -> Answer:
        """Return the answers of the cluster that manifests make."""
        loaded = load(paths)
        for line in [*loaded.refusals, *loaded.notices]:
            self.stderr.write(line)
        snapshot = loaded.seeded.snapshot

        def answer(name: str, type_: str) -> Response:
            return answer_from(snapshot, name, type_)

        return answer

    async def serve(self, server: NameServer, what: str) -> None:
        """Serve until a signal asks for the end; raises OSError where nothing can be heard."""
        end = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end.set)
        await server.start()
        self.stdout.write(f"DNS of {what} is at {server.address} port {server.port}, UDP and TCP")
        self.stdout.flush()
        await end.wait()
        await server.close()


@contextlib.contextmanager
def following(*, is_stored: bool) -> Iterator[None]:
    """Keep replicas near the end of their logs while the block runs."""
    if not is_stored:
        yield
        return
    replicas.follow()
    try:
        yield
    finally:
        replicas.close()


def is_own(address: str) -> bool:
    """Say whether only this machine can ask at ``address``."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
