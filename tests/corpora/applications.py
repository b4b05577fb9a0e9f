"""Real applications: which files make one upload, and what any correct simulator says of them.

Both are kept beside the checkout, in `../shared/corpora` (`corpora.yaml`, `expected.yaml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, cast

import yaml

HOME = Path(__file__).resolve().parents[3] / "shared" / "corpora"
SUFFIXES = {".yaml", ".yml", ".json"}
DUAL_STACK = frozenset({"bookinfo-dualstack", "bookinfo-everything"})
"""Applications that ask for both families; the others run in a cluster as it is by default."""


class Count(TypedDict, total=False):
    """How many Pods: `fixed` of them, and `per_node` on each Node."""

    fixed: int
    per_node: int


class PortFacts(TypedDict, total=False):
    """One port of a Service, the numbers that it leads to, and on how many Pods."""

    port: int
    protocol: str
    name: str
    resolves_to: list[int]
    pods: Count


class ServiceFacts(TypedDict, total=False):
    """What is known of a Service; `ip_families` reads `RequireDualStack ['IPv6', 'IPv4']`."""

    type: str
    headless: bool
    ip_families: str
    no_selector: bool
    selects: list[str]
    selects_nothing: bool
    pods: Count
    ports: list[PortFacts]


class WorkloadFacts(TypedDict, total=False):
    """What is known of a workload; Pods that come and go are `transient`."""

    pods: Count | str
    labels: dict[str, str]
    host_network: bool


class PolicyFacts(TypedDict):
    """What is known of a NetworkPolicy."""

    types: list[str]
    selects: list[str]
    pods: Count
    selects_nothing: bool
    denies_all_ingress: bool
    denies_all_egress: bool
    uses_ipblock: bool


class BackendFacts(TypedDict):
    """Where one path leads: `backend` reads `name:port`, `state` is `ok` or what is wrong."""

    host: str
    path: str
    backend: str
    state: str


IngressFacts = TypedDict("IngressFacts", {"class": str | None, "backends": list[BackendFacts]})
"""An Ingress: its class, and where each path of each host leads."""


class Facts(TypedDict, total=False):
    """What is known of one upload."""

    documents: int
    empty_documents: int
    objects: int
    kinds: dict[str, int]
    workloads: dict[str, WorkloadFacts]
    services: dict[str, ServiceFacts]
    network_policies: dict[str, PolicyFacts]
    services_selecting_nothing: list[str]
    ingresses: dict[str, IngressFacts]
    cronjobs: list[str]
    dangling_backends: list[str]
    duplicates: list[str]
    conflicts: list[str]
    not_objects: list[str]
    unparsable: list[str]


@dataclass(frozen=True)
class Application:
    """One upload: its files in order, and its facts."""

    name: str
    folder: Path
    files: tuple[Path, ...]
    facts: Facts

    @property
    def is_dual_stack(self) -> bool:
        """Whether its cluster has both families."""
        return self.name in DUAL_STACK

    def upload_name(self, file: Path) -> str:
        """Return what a file is called in the upload: unlike any other of it."""
        return str(file.relative_to(self.folder)).replace("/", "--")


@cache
def applications() -> tuple[Application, ...]:
    """Return every application in the order of `corpora.yaml`; none where it is not there."""
    if not HOME.is_dir():
        return ()
    listed = yaml.safe_load((HOME / "corpora.yaml").read_text())["applications"]
    expected = cast(
        "dict[str, Facts]", yaml.safe_load((HOME / "expected.yaml").read_text())["applications"]
    )
    return tuple(
        Application(
            name=entry["name"],
            folder=HOME / entry["folder"],
            files=tuple(
                file for path in entry["paths"] for file in _files(HOME / entry["folder"] / path)
            ),
            facts=expected[entry["name"]],
        )
        for entry in listed
        if entry["name"] in expected
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
