"""What the API says of itself: versions, groups, resources; plain and aggregated."""

from __future__ import annotations

import platform

import orjson

from cluster.api.kube.negotiation import accepted
from cluster.api.kube.resources import Resource, Subresource, of_version, versions
from cluster.api.kube.statuses import not_served
from cluster.api.kube.wire import Answer, Request, of_json
from cluster.machinery.manifest import JSON, Manifest

MINOR = "33"  # the release that semantics.md takes as its base line
AGGREGATED = "apidiscovery.k8s.io"


def version() -> Answer:
    """Answer `/version`; the vendor kubectl picks its own release by it."""
    return of_json({
        "major": "1", "minor": MINOR, "gitVersion": f"v1.{MINOR}.1-netviz", "gitCommit": "",
        "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": f"python{platform.python_version()}", "compiler": "cpython",
        "platform": "linux/amd64",
    })  # fmt: skip


def root(request: Request) -> Answer:
    """Answer the address of the cluster itself: the paths there are."""
    paths: list[JSON] = ["/api", "/api/v1", "/apis"]
    for group, listed in versions().items():
        if group:
            paths.append(f"/apis/{group}")
            paths += [f"/apis/{group}/{found}" for found in listed]
    paths += ["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
    return of_json({"paths": paths})


def core(request: Request) -> Answer:
    """Answer `/api`."""
    version_ = _aggregated_version(request)
    if version_:
        return _aggregated(version_, [""])
    return of_json({
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [],
    })  # fmt: skip


def groups(request: Request) -> Answer:
    """Answer `/apis`."""
    named = [group for group in versions() if group]
    version_ = _aggregated_version(request)
    if version_:
        return _aggregated(version_, named)
    listed: list[JSON] = [_group(name) for name in named]
    return of_json({"kind": "APIGroupList", "apiVersion": "v1", "groups": listed})


def group(name: str) -> Answer:
    """Answer `/apis/GROUP`; raises NotFound."""
    if not name or name not in versions():
        raise not_served()
    document: Manifest = {"kind": "APIGroup", "apiVersion": "v1"}
    return of_json(document | _group(name))


def resources(group_: str, version_: str) -> Answer:
    """Answer `/api/v1` and `/apis/GROUP/VERSION`; raises NotFound."""
    found = of_version(group_, version_)
    if not found:
        raise not_served()
    listed: list[JSON] = []
    for resource in found:
        listed.append(_row(resource))
        listed += [_subrow(resource, sub) for sub in resource.subresources]
    name = f"{group_}/{version_}" if group_ else version_
    return of_json({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": listed,
    })  # fmt: skip


def _group(name: str) -> Manifest:
    listed: list[JSON] = [
        {"groupVersion": f"{name}/{version_}", "version": version_}
        for version_ in versions()[name]
    ]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _row(resource: Resource) -> Manifest:
    row: Manifest = {
        "name": resource.plural, "singularName": resource.singular,
        "namespaced": resource.namespaced, "kind": resource.kind, "verbs": list(resource.verbs),
    }  # fmt: skip
    if resource.short_names:
        row["shortNames"] = list(resource.short_names)
    if resource.categories:
        row["categories"] = list(resource.categories)
    return row


def _subrow(resource: Resource, sub: Subresource) -> Manifest:
    row: Manifest = {
        "name": f"{resource.plural}/{sub.name}", "singularName": "",
        "namespaced": resource.namespaced, "kind": sub.kind, "verbs": list(sub.verbs),
    }  # fmt: skip
    if (sub.group, sub.version) != (resource.group, resource.version):
        row |= {"group": sub.group, "version": sub.version}
    return row


def _aggregated_version(request: Request) -> str:
    """Return the version of the aggregated document that is asked for, empty for the plain one."""
    for entry in accepted(request):
        if entry.type == "application/json":
            if entry.parameters.get("g") != AGGREGATED:
                return ""
            asked = entry.parameters.get("v", "")
            if asked in {"v2", "v2beta1"}:
                return asked
    return ""


def _aggregated(version_: str, names: list[str]) -> Answer:
    items: list[JSON] = [
        {
            "metadata": {"name": name} if name else {},
            "versions": [
                {
                    "version": served, "freshness": "Current",
                    "resources": [_described(found) for found in of_version(name, served)],
                }
                for served in versions()[name]
            ],
        }
        for name in names
    ]  # fmt: skip
    document = {
        "kind": "APIGroupDiscoveryList", "apiVersion": f"{AGGREGATED}/{version_}",
        "metadata": {}, "items": items,
    }  # fmt: skip
    type_ = f"application/json;g={AGGREGATED};v={version_};as=APIGroupDiscoveryList"
    return Answer(orjson.dumps(document), type=type_, headers=(("Vary", "Accept"),))


def _described(resource: Resource) -> Manifest:
    found: Manifest = {
        "resource": resource.plural,
        "responseKind": _kind(resource.group, resource.version, resource.kind),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        found["shortNames"] = list(resource.short_names)
    if resource.categories:
        found["categories"] = list(resource.categories)
    if resource.subresources:
        found["subresources"] = [
            {
                "subresource": sub.name, "verbs": list(sub.verbs),
                "responseKind": _kind(sub.group, sub.version, sub.kind),
            }
            for sub in resource.subresources
        ]  # fmt: skip
    return found


def _kind(group_: str, version_: str, kind: str) -> Manifest:
    return {"group": group_, "version": version_, "kind": kind}
