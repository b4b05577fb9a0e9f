"""``netviz serve``: web server, engine and DNS server, started together and kept running."""

import ipaddress
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cluster.runtime import certificates, demo, firstrun
from cluster.runtime.supervisor import Command as Child
from cluster.runtime.supervisor import Supervisor

LOADED_AHEAD = 400_000
"""Objects: the largest cluster netviz is made for (some 0.8 GB), twice."""


class Command(BaseCommand):
    """Prepare the database, print where netviz is, and supervise its processes."""

    help = "Start netviz: database, first run, web server, engine and DNS server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.PORT, help="of the dashboard")
        parser.add_argument(
            "--https-port", type=int, default=settings.HTTPS_PORT, help="of the Kubernetes API"
        )
        parser.add_argument(
            "--dns-port", type=int, default=settings.DNS_PORT, help="of the DNS server, 0 for none"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        refuse_open_reading(host)
        refuse_taken_port(host, port, "--port or PORT")
        refuse_taken_port(host, options["https_port"], "--https-port or HTTPS_PORT")
        login = firstrun.prepare()
        if login is not None:
            self.stdout.write(login)
            self.stdout.flush()
        certificates.ensure(settings.NETVIZ_DATA, [*settings.ALLOWED_HOSTS, host])
        demo.make_once()

        def announce() -> bool:
            if not answers(host, port):
                return False
            self.stdout.write(f"netviz is at http://{bracketed(host)}:{port}")
            self.stdout.write(
                f"Kubernetes API at https://{bracketed(host)}:{options['https_port']}/clusters/<name>"
                " (netviz kubeconfig)"
            )
            self.stdout.flush()
            return True

        supervisor = Supervisor(children(host, port, options["https_port"], options["dns_port"]))
        supervisor.run(until_ready=announce)


def children(host: str, port: int, https_port: int, dns_port: int) -> list[Child]:
    """Return the processes of one netviz, in order of starting: engine, web server, DNS server.

    They are told the ports through the environment, where every part of netviz reads them. The DNS
    server knows no logins, so it is on loopback whatever the host of the web server is.
    """
    environment = {"PORT": str(port), "HTTPS_PORT": str(https_port), "DNS_PORT": str(dns_port)}
    manage = str(settings.BASE_DIR / "manage.py")
    daphne = ["-m", "cluster.live.server", "--verbosity", "0", "--no-server-name"]
    listen = ["--bind", host, "--port", str(port), "--endpoint", tls_endpoint(host, https_port)]
    web = [*daphne, *listen, settings.ASGI_MODULE]
    commands = [
        Child("engine", [sys.executable, manage, "reconcile"], environment),
        Child("web", [sys.executable, *web], {**_loading_ahead(), **environment}),
    ]
    if dns_port:
        arguments = [sys.executable, manage, "dns", "--cluster", settings.DNS_CLUSTER]
        commands.append(Child("dns", arguments, environment))
    return commands


def _loading_ahead() -> dict[str, str]:
    """Return how many objects the web server loads at its start, where nobody has said."""
    name = "NETVIZ_LOAD_AHEAD"
    return {} if name in os.environ else {name: str(LOADED_AHEAD)}


def tls_endpoint(host: str, port: int) -> str:
    """Return Twisted's description of the TLS endpoint, where the Kubernetes API is.

    Source: Twisted's documentation of endpoint strings; colons in values are escaped.
    """
    held = certificates.files(settings.NETVIZ_DATA)
    values = {
        "interface": host, "privateKey": str(held.server_key), "certKey": str(held.server),
    }  # fmt: skip
    listed = [f"{name}={value.replace(':', chr(92) + ':')}" for name, value in values.items()]
    return ":".join(["ssl", str(port), *listed])


def refuse_open_reading(host: str) -> None:
    """Raise CommandError when others could read without a login.

    On loopback, reading needs none; an address others can reach needs NETVIZ_PUBLIC=1.
    """
    if settings.NETVIZ_PUBLIC or is_loopback(host):
        return
    raise CommandError(
        f"{host} can be reached by others, and reading needs no login yet. "
        "Set NETVIZ_PUBLIC=1 to ask for one, and ALLOWED_HOSTS to the names netviz is called by."
    )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach ``host``, an address or a name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_taken_port(host: str, port: int, remedy: str) -> None:
    """Raise CommandError when something already listens at ``host`` and ``port``."""
    if answers(host, port):
        raise CommandError(
            f"Something already listens at {bracketed(host)}:{port}. "
            f"Choose another port with {remedy}."
        )


def answers(host: str, port: int) -> bool:
    """Say whether a connection to ``host`` and ``port`` succeeds, within half a second."""
    try:
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except OSError:
        return False


def bracketed(host: str) -> str:
    """Return ``host`` as it stands in a URL: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host
