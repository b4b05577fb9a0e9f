"""Who may reach whom in the applications: facts by workload and port, and probes by hand.

Ends that the upload does not bring are imagined: Pods with the labels and ports that a probe
gives, strangers without labels, and an address outside the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypedDict, cast

import yaml

from cluster.domains.policy.classes import Member
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.outsiders import outsider, stranger
from cluster.domains.workload.pod import Container, ContainerPort, Pod
from cluster.machinery.addresses import parse_address
from cluster.machinery.meta import ObjectMeta
from cluster.machinery.snapshot import Snapshot
from cluster.questions.workloads import workload_of
from tests.corpora.applications import HOME

OUTSIDE = "203.0.113.10"
ELSEWHERE = "netviz-stranger"
EVERYONE, NO_ONE = "everyone", "no one"


class Row(TypedDict, total=False):
    """One port of a workload and who may use it: names, or a word for everyone or no one."""

    port: str
    allowed_from: list[str] | str
    denied_from: list[str]


class ImaginedPort(TypedDict, total=False):
    """A port of an imagined Pod."""

    name: str
    port: int
    protocol: str


class Imagined(TypedDict, total=False):
    """A Pod that a probe imagines."""

    ns: str
    labels: dict[str, str]
    ports: list[ImaginedPort]


Probe = TypedDict(
    "Probe",
    {
        "from": Imagined | str,
        "to": Imagined | str,
        "port": int,
        "protocol": str,
        "expect": str,
    },
    total=False,
)


@dataclass(frozen=True)
class Connectivity:
    """What is known of one application: rows by workload, egress outside, probes."""

    rows: dict[str, list[Row]]
    outward: dict[str, dict[str, str]]
    probes: list[Probe]


@cache
def connectivity() -> dict[str, Connectivity]:
    """Return what is known by application; nothing where the corpora are not there."""
    if not HOME.is_dir():
        return {}
    listed = yaml.safe_load((HOME / "corpora.yaml").read_text())["applications"]
    expected = yaml.safe_load((HOME / "expected.yaml").read_text())["applications"]
    found: dict[str, Connectivity] = {}
    for entry in listed:
        known = expected.get(entry["name"], {}).get("connectivity", {})
        probes = cast("list[Probe]", entry.get("probes", []))
        if known or probes:
            outward = known.get(f"egress_to_{OUTSIDE}_not_all_yes", {})
            found[entry["name"]] = Connectivity(known.get("ingress_by_port", {}), outward, probes)
    return found


class Ends:
    """The ends of connections in one settled cluster, by the names that the facts use."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.index = PolicyIndex.of(snapshot)
        self.workloads: dict[str, list[Member]] = {}
        for member in self.index.members():
            assert member.pod is not None
            key = workload_of(snapshot, member.pod)
            if snapshot.find(key) is None:
                name = f"Pod/{member.pod.meta.namespace}/{member.pod.meta.name}"
            else:
                name = f"{key.kind}/{key.namespace}/{key.name}"
            self.workloads.setdefault(name, []).append(member)

    def named(self, name: str) -> list[Member]:
        """Return the ends with a name of the facts; none where the upload brings no such Pod."""
        if name.startswith("external "):
            return [self.outside(name.removeprefix("external "))]
        if name == "stranger elsewhere":
            return [self.imagined({"ns": ELSEWHERE})]
        if name.startswith("stranger in "):
            return [self.imagined({"ns": name.removeprefix("stranger in ")})]
        return self.workloads.get(name, [])

    def outside(self, text: str) -> Member:
        address = parse_address(text)
        assert address is not None
        return outsider(self.index, address)

    def imagined(self, pod: Imagined) -> Member:
        ports = tuple(
            ContainerPort(port["port"], port.get("protocol", "TCP"), port.get("name"))
            for port in pod.get("ports", [])
        )
        meta = ObjectMeta(pod.get("ns", "default"), "imagined", labels=pod.get("labels", {}))
        made = Pod(meta, phase="Running", ips=("10.244.255.250",),
                   containers=(Container("c", ports),))  # fmt: skip
        return stranger(self.index, made)

    def end(self, probe: Imagined | str) -> Member:
        return self.outside(probe) if isinstance(probe, str) else self.imagined(probe)

    def passes(self, source: Member, destination: Member, protocol: str, port: int) -> bool:
        return self.index.allows(source, destination, protocol, port)


def wrong(known: Connectivity, ends: Ends) -> Iterator[str]:
    """Yield a sentence for everything that is not as it is known to be."""
    for name, rows in known.rows.items():
        for row in rows:
            yield from _wrong_row(name, row, ends)
    for name, outward in known.outward.items():
        for target, expected in outward.items():
            number, protocol = target.removeprefix("external ").split("/")
            outside = ends.outside(OUTSIDE)
            for source in ends.named(name):
                if ends.passes(source, outside, protocol, int(number)) != (expected == "yes"):
                    yield f"{name} to {target}: not {expected}"
    for probe in known.probes:
        protocol = probe.get("protocol", "TCP")
        found = ends.passes(
            ends.end(probe["from"]), ends.end(probe["to"]), protocol, probe["port"]
        )
        if found != (probe["expect"] == "yes"):
            yield f"{probe}: {found}"


def unknown_names(known: Connectivity, ends: Ends) -> set[str]:
    """Return the workloads that the facts name and the cluster has no Pod of."""
    told = {*known.rows, *known.outward}
    for rows in known.rows.values():
        for row in rows:
            allowed = row["allowed_from"]
            told.update([] if isinstance(allowed, str) else allowed, row.get("denied_from", []))
    return {name for name in told if not ends.named(name)}


def _wrong_row(name: str, row: Row, ends: Ends) -> Iterator[str]:
    number, protocol = row["port"].split("/")
    allowed, denied = row["allowed_from"], row.get("denied_from", [])
    everyone = [*ends.workloads, "stranger elsewhere", f"external {OUTSIDE}"]
    if allowed == EVERYONE:
        allowed = everyone
    elif allowed == NO_ONE:
        allowed, denied = [], everyone
    for expected, sources in ((True, allowed), (False, denied)):
        for source in sources:
            if source == name:
                continue
            for one in ends.named(source):
                for other in ends.named(name):
                    if ends.index.is_excepted(one, other):
                        continue
                    if ends.passes(one, other, protocol, int(number)) != expected:
                        yield f"{source} to {name} {row['port']}: not {expected}"
