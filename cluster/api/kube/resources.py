"""What is served: every kind of the catalog, Events, and the reviews, with verbs and subresources.

Discovery prints this list and requests are looked up in it, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster.catalog import KINDS
from cluster.machinery.kind import Kind

READS = ("get", "list", "watch")
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CHANGES = ("get", "patch", "update")


@dataclass(frozen=True, slots=True)
class Subresource:
    """One subresource: its name, the kind it speaks and its verbs."""

    name: str
    group: str
    version: str
    kind: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `stored` is the catalog's kind behind it, None for one that is worked out."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: tuple[str, ...]
    stored: Kind | None = None
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[Subresource, ...] = ()

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        """The lower-case kind."""
        return self.kind.lower()

    def subresource(self, name: str) -> Subresource | None:
        """Return the subresource called `name`, None where there is none such."""
        return next((found for found in self.subresources if found.name == name), None)


def _of_pods() -> list[Subresource]:
    return [
        Subresource("attach", "", "v1", "PodAttachOptions", ("create", "get")),
        Subresource("binding", "", "v1", "Binding", ("create",)),
        Subresource("ephemeralcontainers", "", "v1", "Pod", CHANGES),
        Subresource("eviction", "policy", "v1", "Eviction", ("create",)),
        Subresource("exec", "", "v1", "PodExecOptions", ("create", "get")),
        Subresource("log", "", "v1", "Pod", ("get",)),
        Subresource("portforward", "", "v1", "PodPortForwardOptions", ("create", "get")),
        Subresource("proxy", "", "v1", "PodProxyOptions", ("create", "get")),
    ]


def _subresources(kind: Kind) -> Iterable[Subresource]:
    if kind.kind == "Pod":
        yield from _of_pods()
    if kind.kind in {"Service", "Node"}:
        yield Subresource("proxy", "", "v1", f"{kind.kind}ProxyOptions", ("create", "get"))
    if kind.kind == "ServiceAccount":
        yield Subresource("token", "authentication.k8s.io", "v1", "TokenRequest", ("create",))
    if kind.kind == "Namespace":
        yield Subresource("finalize", "", "v1", "Namespace", ("update",))
    if kind.scale_path:
        yield Subresource("scale", "autoscaling", "v1", "Scale", CHANGES)
    if kind.has_status:
        yield Subresource("status", kind.group, kind.version, kind.kind, CHANGES)


def _stored(kind: Kind) -> Resource:
    return Resource(
        kind.group, kind.version, kind.kind, kind.plural, kind.namespaced, VERBS, kind,
        kind.short_names, kind.categories, tuple(_subresources(kind)),
    )  # fmt: skip


def _review(group: str, version: str, kind: str, plural: str, *, namespaced: bool = False,
            ) -> Resource:  # fmt: skip
    return Resource(group, version, kind, plural, namespaced, ("create",))


def _absent(kind: str, plural: str, short: str, *, namespaced: bool) -> Resource:
    """Return a resource of which there never is any: `apply --prune` cannot do without it."""
    return Resource("", "v1", kind, plural, namespaced, ("create", "get", "list"), None, (short,))


EVENT_VERBS = ("create", "get", "list", "watch")
EVENT = Resource("", "v1", "Event", "events", True, EVENT_VERBS, None, ("ev",))  # noqa: FBT003
NEW_EVENT = Resource(
    "events.k8s.io", "v1", "Event", "events", True, EVENT_VERBS, None, ("ev",)  # noqa: FBT003
)  # fmt: skip
ABSENT = (
    _absent("PersistentVolume", "persistentvolumes", "pv", namespaced=False),
    _absent("PersistentVolumeClaim", "persistentvolumeclaims", "pvc", namespaced=True),
)
_AUTHENTICATION, _AUTHORIZATION = "authentication.k8s.io", "authorization.k8s.io"

RESOURCES: tuple[Resource, ...] = (
    *(_stored(kind) for kind in KINDS),
    EVENT,
    NEW_EVENT,
    *ABSENT,
    _review(_AUTHENTICATION, "v1", "SelfSubjectReview", "selfsubjectreviews"),
    _review(_AUTHENTICATION, "v1beta1", "SelfSubjectReview", "selfsubjectreviews"),
    _review(_AUTHORIZATION, "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews",
            namespaced=True),
    _review(_AUTHORIZATION, "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
    _review(_AUTHORIZATION, "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
    _review(_AUTHORIZATION, "v1", "SubjectAccessReview", "subjectaccessreviews"),
)  # fmt: skip

_FOUND = {(found.group, found.version, found.plural): found for found in RESOURCES}


def find(group: str, version: str, plural: str) -> Resource | None:
    """Return the resource of an address, None where none is served."""
    return _FOUND.get((group, version, plural))


def versions() -> dict[str, list[str]]:
    """Return the served versions of each group, in the order discovery lists them."""
    found: dict[str, list[str]] = {}
    for resource in RESOURCES:
        listed = found.setdefault(resource.group, [])
        if resource.version not in listed:
            listed.append(resource.version)
    return found


def of_version(group: str, version: str) -> list[Resource]:
    """Return the resources of one version, by plural."""
    listed = [found for found in RESOURCES if (found.group, found.version) == (group, version)]
    return sorted(listed, key=lambda found: found.plural)
