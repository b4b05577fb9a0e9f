"""What a card of diagram 6.7 stands for, with the field that says so."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.domains.policy.policy import (
    PEERS_FIELD,
    RULES_FIELD,
    Direction,
    NetworkPolicy,
)
from cluster.machinery.drawing import Reason
from cluster.machinery.texts import say, say_n
from cluster.questions.views.policy_reasons import policy_name
from cluster.questions.views.policy_units import Unit
from cluster.questions.views.words import listed

MOST_NAMES = 8


def unit_reason(
    unit: Unit, direction: Direction = "Ingress", naming: tuple[NetworkPolicy, ...] = ()
) -> Reason:
    """Return what a unit stands for; `naming` are the policies whose blocks the side shows."""
    if unit.is_address:
        return _of_addresses(unit, direction, naming)
    if unit.is_host:
        text = say("Pods on the host network are their Node: no policy selects or means them.")
        return Reason(text, unit.end.label, "spec.hostNetwork", "true")
    pods = say_n("{n:,} Pod", "{n:,} Pods", unit.pods)
    if unit.kind == "Namespace":
        text = say("It stands for the whole namespace: {pods}.", pods=pods)
        return Reason(text, f"Namespace {unit.name}", "metadata.name", unit.name)
    if unit.kind == "Group":
        return _of_fold(unit)
    if unit.pods == 1:
        text = say("Policies know it by its labels.")
    else:
        text = say("It stands for {pods} that no policy tells apart.", pods=pods)
    return Reason(text, unit.end.label, "metadata.labels", unit.labels or say("none"))


def _of_fold(unit: Unit) -> Reason:
    names = listed(list(dict.fromkeys(one.name for one in unit.told)), MOST_NAMES)
    if unit.namespace:
        text = say(
            "It stands for {n} workloads; what holds for one of them holds for all.",
            n=f"{unit.parts:,}",
        )
        return Reason(text, f"Namespace {unit.namespace}", "metadata.name", names)
    text = say(
        "It stands for {n} namespaces; what holds for one of them holds for all.",
        n=f"{unit.parts:,}",
    )
    return Reason(text, path="metadata.namespace", value=unit.labels)


def _of_addresses(unit: Unit, direction: Direction, naming: tuple[NetworkPolicy, ...]) -> Reason:
    address = next(iter(unit.end.addresses.values()), "")
    if unit.block is None:
        text = say("No policy here names them; {address} was asked about.", address=address)
        return Reason(text, path="ipBlock", value=say("none"))
    policy, path = next(_places(unit, direction, naming), ("", "ipBlock"))
    text = (
        say("This rule leaves them out; {address} was asked about.", address=address)
        if unit.is_hole
        else say("This rule names them; {address} was asked about.", address=address)
    )
    return Reason(text, policy, path, unit.name)


def _places(
    unit: Unit, direction: Direction, naming: tuple[NetworkPolicy, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the policies that name a block, or leave it out, each with the field."""
    for policy in naming:
        for number, rule in enumerate(policy.rules(direction)):
            for place, peer in enumerate(rule.peers):
                if peer.ip_block is None or peer.ip_block != unit.block:
                    continue
                where = (
                    f"spec.{RULES_FIELD[direction]}[{number}]"
                    f".{PEERS_FIELD[direction]}[{place}].ipBlock"
                )
                if not unit.is_hole:
                    yield policy_name(policy), f"{where}.cidr"
                    continue
                holes = [str(hole) for hole in peer.ip_block.excepts]
                yield policy_name(policy), f"{where}.except[{holes.index(unit.name)}]"
