"""What a cluster holds in a form that does not tell by what way it came to be.

Left out is what each server gives anew: uids, times, generated names, and the addresses and ports
that nobody asked for. Each is written as whose it is wherever it stands, so that two clusters
differ where an object points at another object, and not where it has another number.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

OF_THE_WAY = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "endpoints.kubernetes.io/last-change-trigger-time",
)
"""Annotations that tell how an object came to be: by whom, in how many steps, on what occasion."""
OF_THE_SERVER = ("resourceVersion", "creationTimestamp", "managedFields")
SOME_NODE = "<some Node>"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
A_WORD = re.compile(r"[\w.:/-]+")
Manifest = dict[str, Any]
Contents = dict[str, list[str]]


def normal(
    manifests: Iterable[Manifest], others: Iterable[str], asked: frozenset[str]
) -> Contents:
    """Return a cluster's objects by name, and as "worked out" the `others`, each sorted.

    `asked` are the addresses and ports that manifests name themselves, which stay as they are, and
    the Pods for which they name a Node, as `called` does.
    """
    listed = [each for each in manifests if not _is_past(each)]
    free = {
        each["metadata"]["uid"]: [ip["ip"] for ip in each.get("status", {}).get("hostIPs", ())]
        for each in listed if goes_anywhere(each, asked)
    }  # fmt: skip
    words = {
        value: word for item in listed for value, word in given(item) if value not in asked
    }  # fmt: skip

    def rewritten(text: str) -> str:
        return A_WORD.sub(lambda found: _word(found[0], words), TIME.sub("<time>", text))

    found: Contents = {}
    for item in listed:
        text = json.dumps(cleaned(item, asked, free), sort_keys=True)
        found.setdefault(rewritten(called(item)), []).append(rewritten(text))
    found["worked out"] = [rewritten(text) for text in others]
    return {name: sorted(texts) for name, texts in found.items()}


def _word(word: str, words: dict[str, str]) -> str:
    """Return what stands for a word, or for the parts of a path or of a name in DNS."""
    if word in words:
        return words[word]
    return "/".join(
        words.get(part) or ".".join(words.get(label, label) for label in part.split("."))
        for part in word.split("/")
    )


def called(item: Manifest) -> str:
    meta = item["metadata"]
    return f"{item['kind']} {meta.get('namespace', '')}/{meta['name']}".replace(" /", " ")


def given(item: Manifest) -> Iterator[tuple[str, str]]:
    """Yield what the server gave an object alone, with the words that stand for it."""
    meta, spec, status = item["metadata"], item.get("spec", {}), item.get("status", {})
    name = meta["name"]
    if "generateName" in meta:
        name = f"{meta['generateName']}*"
        yield meta["name"], name
    whose = f"{item['kind']}/{meta.get('namespace', '')}/{name}"
    yield meta["uid"], f"<uid of {whose}>"
    addresses = [
        *spec.get("clusterIPs", ()),
        *(each["ip"] for each in status.get("podIPs", ())),
        *(
            each["ip"]
            for each in status.get("loadBalancer", {}).get("ingress", ())
            if item["kind"] == "Service" and "ip" in each
        ),
    ]
    if item["kind"] == "Node":
        addresses = [each["address"] for each in status["addresses"] if each["type"] != "Hostname"]
        yield from ((cidr, f"<range of {whose}>") for cidr in spec.get("podCIDRs", ()))
    for address in addresses:
        if address != "None" and address not in status.get("hostIP", ""):
            family = ipaddress.ip_address(address).version
            yield address, f"<IPv{family} of {whose}>"
            yield re.sub(r"[.:]", "-", address), f"<IPv{family} of {whose}>"
            reverse = ipaddress.ip_address(address).reverse_pointer
            yield reverse, f"<IPv{family} of {whose} in reverse>"
            yield f"{reverse}.", f"<IPv{family} of {whose} in reverse>"


def _is_past(item: Manifest) -> bool:
    """Whether a ReplicaSet is an earlier revision, which a controller saw one after the other."""
    owners = {owner["kind"] for owner in item["metadata"].get("ownerReferences", ())}
    return (
        item["kind"] == "ReplicaSet" and "Deployment" in owners and item["spec"]["replicas"] == 0
        and not item.get("status", {}).get("replicas")
    )  # fmt: skip


def _without_uids(endpoint: Manifest) -> str:
    target = endpoint.get("targetRef", {})
    return json.dumps([target.get("kind"), target.get("name"), endpoint["addresses"]])


def goes_anywhere(item: Manifest, asked: frozenset[str]) -> bool:
    """Whether a scheduler chose the Node of a Pod: of those that fit, any."""
    owners = {owner["kind"] for owner in item["metadata"].get("ownerReferences", ())}
    return (
        item["kind"] == "Pod" and "nodeName" in item["spec"] and called(item) not in asked
        and "DaemonSet" not in owners
    )  # fmt: skip


def cleaned(item: Manifest, asked: frozenset[str], free: dict[str, list[str]]) -> Manifest:
    """Return a copy without what says when and by whom it was written.

    `free` are the Pods that run on some Node, by uid, with that Node's addresses: theirs as well
    where they share its network.
    """
    copy: Manifest = json.loads(json.dumps(item))
    meta, spec = copy["metadata"], copy.get("spec", {})
    for field in OF_THE_SERVER:
        meta.pop(field, None)
    for name in OF_THE_WAY:
        meta.get("annotations", {}).pop(name, None)
    if not meta.get("annotations"):
        meta.pop("annotations", None)
    for port in spec.get("ports", ()) if copy["kind"] == "Service" else ():
        if str(port.get("nodePort")) not in asked:
            port["nodePort"] = "nodePort" in port
    if "healthCheckNodePort" in spec and str(spec["healthCheckNodePort"]) not in asked:
        spec["healthCheckNodePort"] = True
    if meta["uid"] in free:
        spec["nodeName"] = SOME_NODE
        _hide(copy["status"], free[meta["uid"]])
    for endpoint in copy.get("endpoints") or ():
        uid = endpoint.get("targetRef", {}).get("uid")
        if uid in free:
            endpoint["nodeName"] = endpoint["zone"] = SOME_NODE
            _hide(endpoint, free[uid])
    return without_steps(copy)


def without_steps(item: Manifest) -> Manifest:
    """Leave out what counts the steps in which controllers did their work; `item` is changed."""
    owners = {owner["kind"] for owner in item["metadata"].get("ownerReferences", ())}
    if item["kind"] == "ReplicaSet" and "Deployment" in owners:
        item["metadata"]["generation"] = item["status"]["observedGeneration"] = 0
    if item["kind"] == "EndpointSlice":
        item["metadata"].pop("generation", None)
        item["endpoints"] = sorted(item.get("endpoints") or (), key=_without_uids)
    return item


def _hide(part: Manifest, addresses: list[str]) -> None:
    """Write the addresses of some Node as such, in a Pod's status or in an endpoint."""
    text = json.dumps(part)
    for address in addresses:
        text = text.replace(json.dumps(address), json.dumps(SOME_NODE))
    part.update(json.loads(text))


def differing(one: Contents, other: Contents) -> list[str]:
    """Return what one cluster has otherwise than the other, a line each."""
    lines: list[str] = []
    for name in sorted(one.keys() | other.keys()):
        before = _without(one.get(name, ()), other.get(name, ()))
        after = _without(other.get(name, ()), one.get(name, ()))
        if name == "worked out":
            lines += [f"- {text}" for text in before] + [f"+ {text}" for text in after]
            continue
        for old, new in zip_longest(before, after):
            if old is None or new is None:
                lines.append(f"{'+' if old is None else '-'} {name}")
            else:
                lines += [f"{name} {path}" for path in paths(json.loads(old), json.loads(new))]
    return lines


def _without(texts: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return the texts less those that are among the others, each as often as it is there."""
    return sorted((Counter(texts) - Counter(others)).elements())


def paths(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """Yield where two documents differ, with what each has there."""
    if isinstance(old, dict) and isinstance(new, dict):
        for field in sorted(old.keys() | new.keys()):
            yield from paths(old.get(field), new.get(field), f"{at}.{field}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from paths(*pair, f"{at}[{index}]")
    elif old != new:
        yield f"{at}: {json.dumps(old)} | {json.dumps(new)}"
