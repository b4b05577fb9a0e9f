"""Node ports and health-check node ports: given out, registered, kept (B-43 to B-59).

Create and update differ on purpose: entries of one `port` share a node port on create only (B-47,
B-56), and on update entries of different `port` may name the same number (B-46).
Source: kubernetes `pkg/registry/core/service/storage/alloc.go`, `.../portallocator`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from cluster.domains.service.bands import Bands, next_free, port_bands
from cluster.domains.service.service_defaults import needs_health_check
from cluster.machinery.errors import ApiError, InternalError, invalid
from cluster.machinery.fields import SPEC
from cluster.machinery.kind import Admission, Claim, Pools
from cluster.machinery.manifest import Manifest, flag_at, integer_at, mappings_at, text_at

_TAKEN = "provided port is already allocated"
_FULL = "range is full"


class Unclassified(ApiError):
    """500 without a reason: what the apiserver answers when a hook fails in no foreseen way."""

    code = 500
    reason = ""


def uses_node_ports(spec: Manifest) -> bool:
    """Whether the type of `spec` is one that has node ports (B-43)."""
    return text_at(spec, "type") in {"NodePort", "LoadBalancer"}


def allocates_node_ports(spec: Manifest) -> bool:
    """Whether ports without a node port are given one (B-43)."""
    if text_at(spec, "type") == "LoadBalancer":
        return flag_at(spec, "allocateLoadBalancerNodePorts") is not False
    return text_at(spec, "type") == "NodePort"


def node_ports(spec: Manifest) -> list[int]:
    """Return the node ports that `spec` names, in order."""
    found = [integer_at(port, "nodePort") or 0 for port in mappings_at(spec, "ports")]
    return [number for number in found if number]


def port_claims(spec: Manifest) -> list[Claim]:
    """Return the node ports that a Service with `spec` holds (K-1), each once."""
    numbers = node_ports(spec) if uses_node_ports(spec) else []
    if needs_health_check(spec):
        numbers.append(integer_at(spec, "healthCheckNodePort") or 0)
    return [Claim("port", str(number)) for number in dict.fromkeys(numbers) if number]


@dataclass(slots=True)
class _Operation:
    """The claims of one request. `held` is what the stored object holds until the write is done.

    `asked` are numbers that the request names itself: they are never given out automatically.
    """

    name: str
    pools: Pools
    bands: Bands
    held: Collection[int]
    asked: Collection[int]
    claimed: set[int] = field(default_factory=set)

    def refusal(self, number: int) -> str | None:
        """Return why `number` cannot be had (B-45), None after claiming it."""
        if number not in self.bands:
            valid = f"The range of valid ports is {self.bands.low}-{self.bands.high}"
            return f"provided port is not in the valid range. {valid}"
        taken = self.pools.holder(Claim("port", str(number))) is not None
        if taken or number in self.claimed or number in self.held:
            return _TAKEN
        self.claimed.add(number)
        return None

    def claim(self, number: int, index: int) -> None:
        """Claim the number that the port at `index` names; raises Invalid (B-45, B-70)."""
        problem = self.refusal(number)
        if problem is not None:
            path = (SPEC / "ports")[index] / "nodePort"
            raise invalid("Service", "", self.name, [path.invalid(number, problem)])

    def next(self, what: str) -> int:
        """Claim a number of the operation's choice; raises InternalError when there is none."""
        kept = {*self.held, *self.asked, *self.claimed}
        found = next_free(self.pools, self.bands, kept, lambda number: Claim("port", str(number)))
        if found is None:
            raise _internal(f"failed to allocate a {what}: {_FULL}")
        self.claimed.add(found)
        return found


def allocate_node_ports(
    spec: Manifest, old: Manifest | None, name: str, cluster: Admission
) -> None:
    """Complete the node ports and the health-check node port of `spec`.

    `old` is the stored spec on update. Raises Invalid, InternalError or Unclassified.
    """
    asked = [*node_ports(spec), integer_at(spec, "healthCheckNodePort") or 0]
    operation = _Operation(
        name=name,
        pools=cluster.pools,
        bands=port_bands(*cluster.settings.node_port_range),
        held=[] if old is None else [int(claim.value) for claim in port_claims(old)],
        asked=asked,
    )
    if uses_node_ports(spec):
        if old is None:
            _create(spec, operation)
        else:
            _update(spec, old, operation)
    if needs_health_check(spec) and (old is None or not needs_health_check(old)):
        _health_check(spec, operation)


def _create(spec: Manifest, operation: _Operation) -> None:
    """B-18, B-46, B-47: one node port per `port` number, whatever the protocols."""
    ports = mappings_at(spec, "ports")
    settled: dict[int, int] = {}
    for index, entry in enumerate(ports):
        port, own = integer_at(entry, "port") or 0, integer_at(entry, "nodePort") or 0
        if not own and not allocates_node_ports(spec):
            continue
        shared = settled.get(port)
        if shared is None:
            wanted = _named_for(port, ports)
            if wanted:
                operation.claim(wanted, index)
            settled[port] = wanted or operation.next("nodePort")
            entry["nodePort"] = settled[port]
        elif not own:
            entry["nodePort"] = shared
        elif own != shared:
            operation.claim(own, index)


def _named_for(port: int, ports: list[Manifest]) -> int:
    """Return the first node port that an entry with this `port` names, 0 where none does."""
    found = [
        integer_at(entry, "nodePort") or 0
        for entry in ports
        if integer_at(entry, "port") == port and entry.get("nodePort")
    ]
    return found[0] if found else 0


def _update(spec: Manifest, old: Manifest, operation: _Operation) -> None:
    """B-56, B-59: numbers that the Service holds stay, others are claimed, one per entry."""
    held = set(node_ports(old)) if uses_node_ports(old) else set()
    seen: set[tuple[str, int]] = set()
    for index, entry in enumerate(mappings_at(spec, "ports")):
        number = integer_at(entry, "nodePort") or 0
        if not number and not allocates_node_ports(spec):
            continue
        if not number:
            number = operation.next("nodePort")
            entry["nodePort"] = number
        elif number not in held and number not in operation.claimed:
            operation.claim(number, index)
        pair = (text_at(entry, "protocol") or "", number)
        if pair in seen:  # B-18
            raise Unclassified(f"duplicate nodePort: {{{pair[0]} {pair[1]}}}")
        seen.add(pair)


def _health_check(spec: Manifest, operation: _Operation) -> None:
    """B-48."""
    wanted = integer_at(spec, "healthCheckNodePort") or 0
    if not wanted:
        spec["healthCheckNodePort"] = operation.next("HealthCheck NodePort 0")
        return
    problem = operation.refusal(wanted)
    if problem is not None:
        raise _internal(f"failed to allocate requested HealthCheck NodePort {wanted}: {problem}")


def _internal(text: str) -> InternalError:
    return InternalError(
        f"Internal error occurred: {text}", details={"causes": [{"message": text}]}
    )
