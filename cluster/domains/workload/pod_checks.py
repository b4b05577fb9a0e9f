"""What is wrong with a Pod spec, of a Pod or in a template, in the apiserver's words.

Source: pkg/apis/core/validation `ValidatePodSpec`, `validatePodDNSConfig`; semantics.md I-2, I-7,
E-45, E-50, E-53, E-62.
"""

from __future__ import annotations

from collections.abc import Collection

import orjson

from cluster.domains.workload.container_checks import check_containers
from cluster.domains.workload.placement_checks import check_placement
from cluster.machinery.addresses import IP_TEXT, parse_address
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC, Path
from cluster.machinery.manifest import (
    JSON,
    Manifest,
    integer_at,
    list_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.names import NameCheck, dns_label, dns_subdomain, qualified_name
from cluster.machinery.selectors import check_labels

RESTART_POLICIES = ("Always", "OnFailure", "Never")
DNS_POLICIES = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
NAMESERVERS_MAXIMUM = 3
SEARCHES_MAXIMUM = 32
SEARCH_CHARACTERS_MAXIMUM = 2048
DEADLINE_MAXIMUM = 2147483647
DEADLINE_TEXT = "must be between 1 and 2147483647, inclusive"


_NAMES: tuple[tuple[str, NameCheck], ...] = (
    ("hostname", dns_label), ("subdomain", dns_label), ("nodeName", dns_subdomain),
    ("serviceAccountName", dns_subdomain), ("priorityClassName", dns_subdomain),
)  # fmt: skip
_JUDGED_ALONE = frozenset({name for name, _check in _NAMES} | {"serviceAccount"})
_SOUND_MAXIMUM = 16384  # forms kept; beyond it Pods of other forms are judged each time
_sound: set[bytes] = set()


def check_pod(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a Pod; most are written like one that was found sound before."""
    spec = mapping_at(manifest, "spec")
    form = _form(spec)
    if form is not None and form in _sound and not _check_names(spec, SPEC):
        return []
    errors = check_pod_spec(spec, SPEC)
    if form is not None and not errors and len(_sound) < _SOUND_MAXIMUM:
        _sound.add(form)
    return errors


def _form(spec: Manifest) -> bytes | None:
    """Return a spec without the values that are judged one by one; None where that is not all.

    Those are the names of `_check_names`, which say nothing about the rest unless there are
    scheduling gates, and images, of which only absence and spaces matter.
    """
    if spec.get("schedulingGates"):
        return None
    rest: Manifest = {key: value for key, value in spec.items() if key not in _JUDGED_ALONE}
    for field in ("containers", "initContainers"):
        plain: list[JSON] = []
        for container in mappings_at(rest, field):
            image = text_at(container, "image")
            if not image or image != image.strip():
                return None
            plain.append(container | {"image": "any"})
        if plain:
            rest[field] = plain
    try:
        return orjson.dumps(rest)
    except TypeError:  # something that JSON cannot hold: judged as it is
        return None


def check_pod_create(manifest: Manifest) -> list[FieldError]:
    """Return what is wrong with a new Pod alone: ephemeral containers come later."""
    if not list_at(manifest, "spec", "ephemeralContainers"):
        return []
    return [(SPEC / "ephemeralContainers").forbidden("cannot be set on create")]


def check_template(
    template: Manifest, path: Path, extra_volumes: Collection[str] = ()
) -> list[FieldError]:
    """Return what is wrong with a Pod template at `path`; label errors stand at `labels` (I-1).

    `extra_volumes` are names that come from elsewhere: a StatefulSet's claim templates.
    """
    errors = check_labels(text_map_at(template, "metadata", "labels"), path / "labels")
    for key in mapping_at(template, "metadata", "annotations"):
        texts = qualified_name(key.lower())
        errors += [(path / "annotations").invalid(key, text) for text in texts]
    spec = mapping_at(template, "spec")
    return errors + check_pod_spec(spec, path / "spec", extra_volumes, is_template=True)


def check_pod_spec(
    spec: Manifest, path: Path, extra_volumes: Collection[str] = (), *, is_template: bool = False
) -> list[FieldError]:
    """Return what is wrong with a defaulted Pod spec at `path`."""
    errors, volumes = _check_volumes(spec, path / "volumes")
    errors += check_containers(spec, path, {*volumes, *extra_volumes}, is_template=is_template)
    policy = text_at(spec, "restartPolicy") or ""
    if policy not in RESTART_POLICIES:
        errors.append((path / "restartPolicy").not_supported(policy, RESTART_POLICIES))
    errors += _check_dns(spec, path)
    errors += check_placement(spec, path)
    errors += _check_names(spec, path)
    errors += _check_gates(spec, path)
    errors += _check_host_aliases(spec, path / "hostAliases")
    deadline = integer_at(spec, "activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= DEADLINE_MAXIMUM:
        errors.append((path / "activeDeadlineSeconds").invalid(deadline, DEADLINE_TEXT))
    return errors


def _check_volumes(spec: Manifest, path: Path) -> tuple[list[FieldError], set[str]]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, volume in enumerate(mappings_at(spec, "volumes")):
        here = path[index] / "name"
        name = text_at(volume, "name") or ""
        sources = [key for key, value in volume.items() if key != "name" and value is not None]
        errors += [
            (path[index] / key).forbidden("may not specify more than 1 volume type")
            for key in sources[1:]
        ]
        if not name:
            errors.append(here.required())
        elif name in names:
            errors.append(here.duplicate(name))
        else:
            errors += [here.invalid(name, text) for text in dns_label(name)]
        names.add(name)
    return errors, names


def _check_dns(spec: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    policy = text_at(spec, "dnsPolicy") or ""
    if policy not in DNS_POLICIES:
        errors.append((path / "dnsPolicy").not_supported(policy, DNS_POLICIES))
    here = path / "dnsConfig"
    config = mapping_at(spec, "dnsConfig")
    nameservers = texts_at(config, "nameservers")
    if policy == "None":
        if spec.get("dnsConfig") is None:
            text = "must provide `dnsConfig` when `dnsPolicy` is None"
            return [*errors, here.required(text)]
        if not nameservers:
            text = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [*errors, (here / "nameservers").required(text)]
    return errors + _check_dns_config(config, here, nameservers)


def _check_dns_config(config: Manifest, path: Path, nameservers: list[str]) -> list[FieldError]:
    errors: list[FieldError] = []
    if len(nameservers) > NAMESERVERS_MAXIMUM:
        text = f"must not have more than {NAMESERVERS_MAXIMUM} nameservers"
        errors.append((path / "nameservers").invalid([*nameservers], text))
    errors += [
        (path / "nameservers")[index].invalid(address, IP_TEXT)
        for index, address in enumerate(nameservers)
        if parse_address(address) is None
    ]
    searches = texts_at(config, "searches")
    here = path / "searches"
    if len(searches) > SEARCHES_MAXIMUM:
        text = f"must not have more than {SEARCHES_MAXIMUM} search paths"
        errors.append(here.invalid([*searches], text))
    if len(" ".join(searches)) > SEARCH_CHARACTERS_MAXIMUM:
        text = (
            f"must not have more than {SEARCH_CHARACTERS_MAXIMUM} characters "
            "(including spaces) in the search list"
        )
        errors.append(here.invalid([*searches], text))
    for index, search in enumerate(searches):
        errors += [here[index].invalid(search, text) for text in _search_texts(search)]
    errors += [
        (path / "options")[index].required("must not be empty")
        for index, option in enumerate(mappings_at(config, "options"))
        if not text_at(option, "name")
    ]
    return errors


def _search_texts(search: str) -> list[str]:
    """Return what is wrong with a search path: underscores and a lone dot are fine (E-53)."""
    if search == ".":
        return []
    return dns_subdomain(search.removesuffix(".").replace("_", "a"))


def _check_names(spec: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for field, check in _NAMES:
        value = text_at(spec, field)
        if value:
            errors += [(path / field).invalid(value, text) for text in check(value)]
    return errors


def _check_gates(spec: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, gate in enumerate(mappings_at(spec, "readinessGates")):
        here = (path / "readinessGates")[index] / "conditionType"
        value = text_at(gate, "conditionType") or ""
        errors += [here.invalid(value, text) for text in qualified_name(value)]
    names: set[str] = set()
    for index, gate in enumerate(mappings_at(spec, "schedulingGates")):
        here = (path / "schedulingGates")[index]
        value = text_at(gate, "name") or ""
        errors += [here.invalid(value, text) for text in qualified_name(value)]
        if value in names:
            errors.append(here.duplicate(value))
        names.add(value)
    if list_at(spec, "schedulingGates") and text_at(spec, "nodeName"):
        text = "cannot be set until all schedulingGates have been cleared"
        errors.append((path / "nodeName").forbidden(text))
    return errors


def _check_host_aliases(spec: Manifest, path: Path) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, alias in enumerate(mappings_at(spec, "hostAliases")):
        address = text_at(alias, "ip") or ""
        if parse_address(address) is None:
            errors.append((path[index] / "ip").invalid(address, IP_TEXT))
        for name in texts_at(alias, "hostnames"):
            here = path[index] / "hostnames"
            errors += [here.invalid(name, text) for text in dns_subdomain(name)]
    return errors
