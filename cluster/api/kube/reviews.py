"""Reviews: a client asks who it is and what it may do. Nothing is stored.

Source: kubernetes `pkg/registry/authorization`, `authentication`; answers are 201.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from cluster.api.kube import bodies
from cluster.api.kube.access import PERMISSIONS, is_allowed
from cluster.api.kube.asked import Asked
from cluster.api.kube.resources import RESOURCES
from cluster.api.kube.wire import Answer, Caller, of_json
from cluster.machinery.errors import BadRequest, Forbidden
from cluster.machinery.manifest import JSON, Manifest, mapping_at, text_at
from cluster.runtime.permissions import Access

ANY = "*"
VERBS = tuple(PERMISSIONS)
EVERYONE, SIGNED_IN = "system:unauthenticated", "system:authenticated"


def review(asked: Asked) -> Answer:
    """Answer the POST of a review."""
    document = bodies.document(asked.request)
    try:
        status = _STATUS[asked.resource.kind](asked, mapping_at(document, "spec"))
    except TypeError as error:
        raise BadRequest(f"{asked.resource.kind}: {error}") from error
    meta: Manifest = {"creationTimestamp": None} | mapping_at(document, "metadata")
    answer: Manifest = document | {
        "kind": asked.resource.kind, "apiVersion": asked.resource.api_version, "status": status,
        "metadata": meta,
    }  # fmt: skip
    return of_json(answer, 201)


def _who(asked: Asked, _spec: Manifest) -> Manifest:
    caller = asked.caller
    info: Manifest = {"username": caller.name}
    if caller.access.is_signed_in:
        info["uid"] = str(caller.access.user.pk)
        info["groups"] = [SIGNED_IN]
    else:
        info["groups"] = [EVERYONE]
    return {"userInfo": info}


def _own_access(asked: Asked, spec: Manifest) -> Manifest:
    return _access(asked.caller, spec)


def _access_of_another(asked: Asked, spec: Manifest) -> Manifest:
    name = text_at(spec, "user") or ""
    access = asked.caller.access
    if name != access.user.get_username() and not getattr(access.user, "is_superuser", False):
        raise Forbidden("only an administrator may ask what others may do")
    found = get_user_model().objects.filter(username=name, is_active=True).first()
    return _access(Caller(Access(found or AnonymousUser(), is_local=access.is_local)), spec)


def _access(caller: Caller, spec: Manifest) -> Manifest:
    attributes = mapping_at(spec, "resourceAttributes")
    if not attributes:
        verb = text_at(spec, "nonResourceAttributes", "verb")
        is_read = verb in {"get", "head"} and caller.access.reads
        return _status(is_read, "" if is_read else "paths beside resources can only be read")
    verb, group = text_at(attributes, "verb") or "", text_at(attributes, "group") or ""
    plural = text_at(attributes, "resource") or ""
    found = [
        resource for resource in RESOURCES
        if group in {ANY, resource.group} and plural in {ANY, resource.plural}
    ]  # fmt: skip
    if not found:
        return _status(False, f"netviz serves no resource {plural!r} in API group {group!r}")  # noqa: FBT003
    verbs = VERBS if verb == ANY else (verb,)
    allowed = all(
        resource.verbs == ("create",) or is_allowed(caller, one, resource.kind)
        for resource in found
        for one in verbs
    )
    return _status(allowed, "" if allowed else caller.problem)


def _status(allowed: bool, reason: str) -> Manifest:  # noqa: FBT001 - it is the first word of the status
    status: Manifest = {"allowed": allowed}
    if reason:
        status["reason"] = reason
    return status


def _rules(asked: Asked, _spec: Manifest) -> Manifest:
    rules: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for resource in RESOURCES:
        verbs = tuple(
            verb for verb in resource.verbs
            if resource.verbs == ("create",) or is_allowed(asked.caller, verb, resource.kind)
        )  # fmt: skip
        if not verbs:
            continue
        names = [
            resource.plural,
            *(f"{resource.plural}/{sub.name}" for sub in resource.subresources),
        ]
        rules.setdefault(verbs, []).extend((resource.group, name) for name in names)
    listed: list[JSON] = []
    for verbs, found in rules.items():
        for group in sorted({group for group, _name in found}):
            names = sorted({name for of, name in found if of == group})
            listed.append(
                {"verbs": list(verbs), "apiGroups": [group], "resources": [*names]}
            )  # fmt: skip
    reads: list[JSON] = []
    if asked.caller.access.reads:
        reads.append({"verbs": ["get"], "nonResourceURLs": ["*"]})
    return {"resourceRules": listed, "nonResourceRules": reads, "incomplete": False}


_STATUS: dict[str, Callable[[Asked, Manifest], Manifest]] = {
    "SelfSubjectReview": _who,
    "SelfSubjectAccessReview": _own_access,
    "LocalSubjectAccessReview": _access_of_another,
    "SubjectAccessReview": _access_of_another,
    "SelfSubjectRulesReview": _rules,
}
