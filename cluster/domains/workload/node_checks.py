"""What is wrong with Nodes. Source: pkg/apis/core/validation `ValidateNode`; C-27, C-30."""

from __future__ import annotations

from cluster.domains.workload.placement_checks import EFFECTS
from cluster.machinery.addresses import CIDR_TEXT, family_of, parse_network
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC
from cluster.machinery.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from cluster.machinery.names import label_value, qualified_name

FAMILY_TEXT = "may specify no more than one CIDR for each IP family"
POD_CIDR_TEXT = 'node updates may not change podCIDR except from "" to valid'


def check_node(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a Node."""
    spec = mapping_at(manifest, "spec")
    return _check_taints(spec) + _check_pod_cidrs(spec)


def check_node_update(new: Manifest, old: Manifest) -> list[FieldError]:
    """Return the error of a Node whose Pod CIDRs change once they are set (C-27)."""
    before = texts_at(old, "spec", "podCIDRs")
    if not before or before == texts_at(new, "spec", "podCIDRs"):
        return []
    return [(SPEC / "podCIDRs").forbidden(POD_CIDR_TEXT)]


def _check_pod_cidrs(spec: Manifest) -> list[FieldError]:
    errors: list[FieldError] = []
    listed = texts_at(spec, "podCIDRs")
    here = SPEC / "podCIDRs"
    families: list[str] = []
    for index, text in enumerate(listed):
        network = parse_network(text)
        if network is None:
            errors.append(here[index].invalid(text, CIDR_TEXT))
        else:
            families.append(family_of(network))
    if len(listed) > 2 or len(families) != len(set(families)):  # noqa: PLR2004 - two families
        errors.append(here.invalid([*listed], FAMILY_TEXT))
    single = text_at(spec, "podCIDR")
    if single and listed and single != listed[0]:
        text = "must contain only one matching entry"
        errors.append((SPEC / "podCIDRs[0]").invalid(listed[0], text))
    return errors


def _check_taints(spec: Manifest) -> list[FieldError]:
    errors: list[FieldError] = []
    known: set[tuple[str, str]] = set()
    for index, taint in enumerate(mappings_at(spec, "taints")):
        here = (SPEC / "taints")[index]
        key, value = text_at(taint, "key") or "", text_at(taint, "value") or ""
        effect = text_at(taint, "effect") or ""
        errors += [(here / "key").invalid(key, text) for text in qualified_name(key)]
        texts = label_value(value)
        if texts:
            errors.append((here / "value").invalid(value, ";".join(texts)))
        if not effect:
            errors.append((here / "effect").required())
        elif effect not in EFFECTS:
            errors.append((here / "effect").not_supported(effect, EFFECTS))
        if (key, effect) in known:
            duplicate = here.duplicate(taint)
            text = "taints must be unique by key and effect pair"
            errors.append(type(duplicate)(duplicate.type, duplicate.field, text, duplicate.value))
        known.add((key, effect))
    return errors
