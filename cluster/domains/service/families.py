"""Which IP families a Service has: single stack, dual stack, and the moves between them.

Part of the begin hook; it completes `ipFamilyPolicy` and `ipFamilies` before any address is
allocated, or refuses. Order of evaluation: C-9. All functions work on `spec`.
Source: kubernetes `pkg/registry/core/service/storage/alloc.go` (initIPFamilyFields),
`pkg/apis/core/validation/validation.go` (ValidateServiceClusterIPsRelatedFields).
"""

from __future__ import annotations

from cluster.domains.service.service import NONE
from cluster.machinery.addresses import (
    FAMILIES,
    IP_TEXT,
    Family,
    family_of_text,
    other_family,
    parse_address,
)
from cluster.machinery.errors import FieldError
from cluster.machinery.fields import SPEC
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at, texts_at

SINGLE, PREFER, REQUIRE = "SingleStack", "PreferDualStack", "RequireDualStack"
POLICIES = (PREFER, REQUIRE, SINGLE)
_TWO = 2  # a Service has at most one address of each of the two families
_NEEDS_DUAL = "must be 'RequireDualStack' or 'PreferDualStack' when multiple {} are specified"
_RELEASES = "must be 'SingleStack' to release the secondary {}"


def is_headless(spec: Manifest) -> bool:
    """Whether `spec` asks for `clusterIP: None`."""
    return texts_at(spec, "clusterIPs")[:1] == [NONE]


def is_unchanged_preference(spec: Manifest, old: Manifest | None) -> bool:
    """Whether a PreferDualStack Service keeps what it has, whatever the cluster became (C-22)."""
    if old is None or text_at(spec, "ipFamilyPolicy") != PREFER:
        return False
    same = ("type", "clusterIPs", "ipFamilies")
    return (
        text_at(spec, "type") != "ExternalName"
        and text_at(old, "ipFamilyPolicy") in {PREFER, None}
        and all(spec.get(name) == old.get(name) for name in same)
    )


def settle_families(
    spec: Manifest, old: Manifest | None, configured: tuple[Family, ...]
) -> list[FieldError]:
    """Complete policy and families of `spec` in place; `old` is the stored spec on update.

    `configured` are the families of the service CIDRs, primary first (C-1). Returns why the
    Service is refused, empty when all is well.
    """
    if text_at(spec, "type") == "ExternalName" or is_unchanged_preference(spec, old):  # C-2
        return []
    spec["ipFamilyPolicy"] = _policy(spec, old)
    errors = check_cluster_ips(spec)
    if errors:
        return errors
    errors = _downgrade(spec, old) if old is not None else []
    errors += _policy_allows(spec)
    errors += _infer(spec, configured)
    if errors:
        return errors
    if is_headless(spec) and not mapping_at(spec, "selector"):
        _headless_without_selector(spec, configured)
        return []
    errors = _cluster_allows(spec, configured)
    if errors:
        return errors
    families = texts_at(spec, "ipFamilies") or [configured[0]]
    if spec["ipFamilyPolicy"] != SINGLE and len(families) == 1 and len(configured) == _TWO:
        families.append(_other(families[0]))  # C-12
    spec["ipFamilies"] = list[JSON](families)
    return []


def _policy(spec: Manifest, old: Manifest | None) -> str:
    """C-3, C-5; it is not inferred from the number of families or addresses (C-4)."""
    stored = None if old is None else text_at(old, "ipFamilyPolicy")
    if text_at(spec, "ipFamilyPolicy") is not None:
        return text_at(spec, "ipFamilyPolicy") or ""
    if stored is not None:
        return stored
    bare = text_at(spec, "clusterIP") == NONE and not mapping_at(spec, "selector")
    return REQUIRE if bare else SINGLE


def _downgrade(spec: Manifest, old: Manifest) -> list[FieldError]:
    """C-19: SingleStack trims what was left untouched; C-20: anything less is refused."""
    errors: list[FieldError] = []
    for name, words in (("clusterIPs", "cluster IP"), ("ipFamilies", "IP family")):
        now, before = texts_at(spec, name), texts_at(old, name)
        if spec["ipFamilyPolicy"] == SINGLE:
            if now == before and len(now) > 1:
                spec[name] = list[JSON](now[:1])
        elif now and len(now) < len(before):
            path = SPEC / "ipFamilyPolicy"
            errors.append(path.invalid(spec["ipFamilyPolicy"], _RELEASES.format(words)))
    return errors


def _policy_allows(spec: Manifest) -> list[FieldError]:
    """C-7."""
    if spec["ipFamilyPolicy"] != SINGLE:
        return []
    return [
        (SPEC / "ipFamilyPolicy").invalid(SINGLE, _NEEDS_DUAL.format(words))
        for name, words in (("clusterIPs", "cluster IPs"), ("ipFamilies", "IP families"))
        if len(texts_at(spec, name)) == _TWO
    ]


def _infer(spec: Manifest, configured: tuple[Family, ...]) -> list[FieldError]:
    """C-8: families that were left out follow from the addresses, position by position."""
    errors: list[FieldError] = []
    families = texts_at(spec, "ipFamilies")
    addresses = texts_at(spec, "clusterIPs")
    for index, address in enumerate(addresses):
        if address == NONE:
            break
        if index < len(families):
            continue
        family = family_of_text(address)
        if family in configured:
            families.append(family)
        else:
            path = (SPEC / "clusterIPs")[index]
            text = f"{family} is not configured on this cluster"
            errors.append(path.invalid(list[JSON](addresses), text))
    if families:
        spec["ipFamilies"] = list[JSON](families)
    return errors


def _headless_without_selector(spec: Manifest, configured: tuple[Family, ...]) -> None:
    """C-14: nobody knows which families its endpoints will have, so both unless told otherwise."""
    families = texts_at(spec, "ipFamilies") or [configured[0]]
    if len(families) == 1 and spec["ipFamilyPolicy"] != SINGLE:
        families.append(_other(families[0]))
    spec["ipFamilies"] = list[JSON](families)


def _cluster_allows(spec: Manifest, configured: tuple[Family, ...]) -> list[FieldError]:
    """C-10, C-11."""
    errors: list[FieldError] = []
    if spec["ipFamilyPolicy"] == REQUIRE and len(configured) < _TWO:
        text = "this cluster is not configured for dual-stack services"
        errors.append((SPEC / "ipFamilyPolicy").invalid(REQUIRE, text))
    for index, family in enumerate(texts_at(spec, "ipFamilies")):
        if family not in configured:
            path = (SPEC / "ipFamilies")[index]
            errors.append(path.invalid(family, "not configured on this cluster"))
    return errors


def _other(family: str) -> Family:
    return other_family("IPv6" if family == "IPv6" else "IPv4")


def check_cluster_ips(spec: Manifest) -> list[FieldError]:
    """Return what is wrong with clusterIP, clusterIPs and families together (B-39, B-40, C-6)."""
    if text_at(spec, "type") == "ExternalName":
        return []
    errors = [*_check_pair(spec), *_check_families(spec)]
    addresses = texts_at(spec, "clusterIPs")
    shapes = _check_shapes(addresses)
    errors += shapes
    path = SPEC / "clusterIPs"
    if len(addresses) > _TWO:
        errors.append(path.invalid(list[JSON](addresses), "may only hold up to 2 values"))
    if shapes:
        return errors
    if len(addresses) > 1 and {family_of_text(ip) for ip in addresses} != set(FAMILIES):
        text = "may specify no more than one IP for each IP family"
        errors.append(path.invalid(list[JSON](addresses), text))
    if not is_headless(spec):
        pairs = zip(addresses, texts_at(spec, "ipFamilies"), strict=False)
        errors += [
            path[index].invalid(
                address, f"expected an {family} value as indicated by `ipFamilies[{index}]`"
            )
            for index, (address, family) in enumerate(pairs)
            if family in FAMILIES and family_of_text(address) != family
        ]
    return errors


def _check_pair(spec: Manifest) -> list[FieldError]:
    """B-39."""
    single, addresses = text_at(spec, "clusterIP") or "", texts_at(spec, "clusterIPs")
    path, value = SPEC / "clusterIPs", list[JSON](addresses)
    if single and not addresses:
        return [path.required()]
    if single and addresses[0] != single:
        return [path.invalid(value, "first value must match `clusterIP`")]
    if not single and addresses:
        return [path.invalid(value, "must be empty when `clusterIP` is not specified")]
    return []


def _check_families(spec: Manifest) -> list[FieldError]:
    """C-6."""
    errors: list[FieldError] = []
    families = texts_at(spec, "ipFamilies")
    for index, family in enumerate(families):
        path = (SPEC / "ipFamilies")[index]
        if family not in FAMILIES:
            errors.append(path.not_supported(family, FAMILIES))
        if family in families[:index]:
            errors.append(path.duplicate(family))
    policy = text_at(spec, "ipFamilyPolicy")
    if policy is not None and policy not in POLICIES:
        errors.append((SPEC / "ipFamilyPolicy").not_supported(policy, POLICIES))
    return errors


def _check_shapes(addresses: list[str]) -> list[FieldError]:
    """B-40: each entry an address, `None` only alone."""
    errors: list[FieldError] = []
    path = SPEC / "clusterIPs"
    for index, address in enumerate(addresses):
        if index == 0 and address == NONE:
            if len(addresses) > 1:
                text = "'None' must be the first and only value"
                errors.append(path.invalid(list[JSON](addresses), text))
        elif parse_address(address) is None:
            errors.append(path[index].invalid(address, IP_TEXT))
    return errors


def families_on_read(spec: Manifest, primary: Family) -> None:
    """Complete the spec of a Service that was stored before these fields existed (C-25)."""
    if text_at(spec, "type") == "ExternalName":
        return
    single = text_at(spec, "clusterIP")
    if single and not texts_at(spec, "clusterIPs"):
        spec["clusterIPs"] = [single]
    addresses = texts_at(spec, "clusterIPs")
    if texts_at(spec, "ipFamilies") or not addresses:
        return
    if not is_headless(spec):
        spec["ipFamilies"] = [family_of_text(address) for address in addresses]
        spec["ipFamilyPolicy"] = SINGLE if len(addresses) == 1 else REQUIRE
    elif mapping_at(spec, "selector"):
        spec["ipFamilies"], spec["ipFamilyPolicy"] = [primary], SINGLE
    else:
        spec["ipFamilies"], spec["ipFamilyPolicy"] = [primary, _other(primary)], REQUIRE
