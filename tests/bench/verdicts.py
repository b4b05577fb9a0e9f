"""Measure the policy index over one cluster: reading, building, verdicts, counts and changes."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import orjson

from cluster.domains.policy.ends import pod_end
from cluster.domains.policy.index import PolicyIndex
from cluster.domains.policy.matrix import count_allowed, row
from cluster.domains.policy.policy import NetworkPolicy, parse_policy
from cluster.domains.policy.policy_defaults import default_policy
from cluster.domains.policy.verdict import Connection, judge
from cluster.domains.workload.namespace import Namespace, parse_namespace
from cluster.domains.workload.pod import Pod, parse_pod
from tests.bench.processes import resident_mb
from tests.domains.policy.plain import Plain, Who

ROUNDS = 3  # other programs disturb: the best round counts
PORTS = (("TCP", 8080), ("TCP", 5432), ("UDP", 53))
SAMPLE = 120
PLAIN_PODS = 10_000  # beyond it the plain reading takes too long: it looks at every policy


def main(file: str) -> dict[str, float]:
    """Return seconds, MB and microseconds by name; `differences` are from the plain reading."""
    gc.disable()
    started = time.process_time()
    objects = list(read(Path(file)))
    found = {"parse_s": time.process_time() - started}
    before = resident_mb()
    started = time.process_time()
    index = built(objects)
    found["build_s"] = time.process_time() - started
    found["build_mb"] = resident_mb() - before
    gc.enable()
    gc.freeze()
    draw = Random(1)  # noqa: S311 - the same draw every time
    pods = [item for item in objects if isinstance(item, Pod)]
    policies = [item for item in objects if isinstance(item, NetworkPolicy)]
    labels = {item.meta.name: item.meta.labels for item in objects if isinstance(item, Namespace)}
    members = [member for member in index.members() if member.pod is not None]
    found["classes"] = len(index.classes.all)
    found["count_s"] = min(timed(lambda: count_allowed(index, "TCP", 8080)) for _ in range(ROUNDS))

    def point() -> Callable[[], object]:
        one, other = draw.choice(members), draw.choice(members)
        return lambda: index.allows(one, other, "TCP", 8080)

    def explained() -> Callable[[], object]:
        one, other = draw.choice(members).pod, draw.choice(members).pod
        assert one is not None
        assert other is not None
        spaces = labels[one.meta.namespace], labels[other.meta.namespace]
        return lambda: judge(
            Connection(pod_end(one, spaces[0]), pod_end(other, spaces[1]), "TCP", 8080),
            index.selecting,
        )

    def whole() -> Callable[[], object]:
        member = draw.choice(members)
        return lambda: row(index, member, "Egress", "TCP", 8080)

    def relabelled() -> Callable[[], object]:
        pod = draw.choice(pods)
        version = f"v{draw.randint(1, 12)}"
        tier = draw.choice(("frontend", "backend", "db"))
        changed = {**pod.meta.labels, "version": version, "tier": tier}
        made = replace(pod, meta=replace(pod.meta, labels=changed))
        return lambda: index.put_pod(made)

    def replaced() -> Callable[[], object]:
        old, other = draw.choice(policies), draw.choice(policies)
        made = replace(other, meta=old.meta)
        asked = [m for m in members[:: max(1, len(members) // 10)] if m.pod is not None]

        def change() -> None:
            index.put_policy(made)
            for member in asked:  # a verdict after it: tables are made when asked
                index.allows(member, asked[0], "TCP", 8080)

        return change

    found |= quantiles("point_us", point, 20_000)
    found |= quantiles("explained_us", explained, 3_000)
    found |= quantiles("row_us", whole, 20)
    found |= quantiles("pod_us", relabelled, 2_000)
    found |= quantiles("policy_us", replaced, 2_000)
    return found | differences(file, draw)


def read(file: Path) -> Iterator[Pod | Namespace | NetworkPolicy]:
    """Yield the objects that policies concern, from a file with one JSON object a line."""
    for line in file.read_bytes().splitlines():
        made = parsed(orjson.loads(line))
        if made is not None:
            yield made


def parsed(manifest: dict[str, Any]) -> Pod | Namespace | NetworkPolicy | None:
    match manifest["kind"]:
        case "Pod":
            return parse_pod(manifest)
        case "Namespace":
            return parse_namespace(manifest)
        case "NetworkPolicy":
            default_policy(manifest)
            return parse_policy(manifest)
    return None


def built(objects: list[Pod | Namespace | NetworkPolicy]) -> PolicyIndex:
    index = PolicyIndex()
    for item in objects:
        if isinstance(item, Namespace):
            index.put_namespace(item)
    for item in objects:
        if isinstance(item, NetworkPolicy):
            index.put_policy(item)
    for item in objects:
        if isinstance(item, Pod):
            index.put_pod(item)
    return index


def timed(call: Callable[[], object]) -> float:
    """Return the seconds this process worked on a call: what others did meanwhile is not in it."""
    started = time.process_time()
    call()
    return time.process_time() - started


def quantiles(name: str, make: Callable[[], Callable[[], object]], count: int) -> dict[str, float]:
    """Return the median and the 99th percentile of the best round, in microseconds."""
    rounds = [sorted(timed(make()) for _ in range(count)) for _ in range(ROUNDS)]
    return {
        f"{name}_p50": min(times[count // 2] for times in rounds) * 1e6,
        f"{name}_p99": min(times[count * 99 // 100] for times in rounds) * 1e6,
    }


def differences(file: str, draw: Random) -> dict[str, float]:
    """Compare a sample of pairs with the plain reading of the API, after changes.

    Also returns what one pair costs there, in microseconds.
    """
    manifests: list[dict[str, Any]] = [
        json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()
    ]
    pods = [item for item in manifests if item["kind"] == "Pod"]
    policies = [item for item in manifests if item["kind"] == "NetworkPolicy"]
    if len(pods) > PLAIN_PODS:
        return {}
    plain, index = Plain(), built([made for item in manifests if (made := parsed(item))])
    for pod in draw.sample(pods, len(pods) // 4):
        pod["metadata"]["labels"]["tier"] = draw.choice(("frontend", "backend", "db"))
        index.put_pod(parse_pod(pod))
    for policy in draw.sample(policies, len(policies) // 4):
        policy["spec"] = deepcopy(draw.choice(policies)["spec"])
        index.put_policy(parse_policy(policy))
    for item in manifests:
        meta = item["metadata"]
        if item["kind"] == "Pod":
            plain.pods[meta["namespace"], meta["name"]] = item
        elif item["kind"] == "Namespace":
            plain.namespaces[meta["name"]] = item
        elif item["kind"] == "NetworkPolicy":
            plain.policies[meta["namespace"], meta["name"]] = item
    names = draw.sample(sorted(plain.pods), SAMPLE)
    pairs = list(product(names, names[:: max(1, len(pods) // 500)], PORTS))
    wrong, spent = 0, 0.0
    for one, other, (protocol, port) in pairs:
        started = time.process_time()
        expected = plain.in_any_family(Who("Pod", *one), Who("Pod", *other), protocol, port)
        spent += time.process_time() - started
        source, target = index.member(*one), index.member(*other)
        said = source is not None and target is not None
        said = said and index.allows(source, target, protocol, port)  # type: ignore[arg-type]
        wrong += said != expected
    return {"differences": wrong, "plain_us": spent / len(pairs) * 1e6}
