from __future__ import annotations

from cluster.api.kube.resources import of_version, versions
from cluster.api.kube.statuses import not_served
from cluster.api.kube.wire import Answer, Reply, Request, of_json
V2 = bytes.fromhex("0a03322e30120c0a066e657476697a120276314200")


def openapi(request: Request, rest: list[str]) -> Reply:
    if rest == ["v2"]:
        return Answer(V2, type="application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
    prefix = f"/clusters/{request.cluster}/openapi/v3/"
    if rest == ["v3"]:
        paths = {}
        for g, vs in versions().items():
            for v in vs:
                p = f"apis/{g}/{v}" if g else f"api/{v}"
                paths[p] = {"serverRelativeURL": f"{prefix}{p}?hash=1"}
        return of_json({"paths": paths})
    match rest:
        case ["v3", "api", v]: g = ""
        case ["v3", "apis", g, v]: pass
        case _: raise not_served()
    paths = {}
    for r in of_version(g, v):
        base = f"/apis/{g}/{v}" if g else f"/api/{v}"
        ns = "/namespaces/{namespace}" if r.namespaced else ""
        gvk = {"group": g, "version": v, "kind": r.kind}
        op = {"x-kubernetes-group-version-kind": gvk, "parameters": [{"name": n, "in": "query", "schema": {"type": "string"}} for n in ("fieldValidation", "dryRun", "fieldManager", "force")]}
        paths[f"{base}{ns}/{r.plural}/{{name}}"] = {m: op for m in ("patch", "get", "put", "delete")}
        paths[f"{base}{ns}/{r.plural}"] = {m: op for m in ("post", "get")}
    return of_json({"openapi": "3.0.0", "info": {"title": "netviz", "version": "1"}, "paths": paths, "components": {"schemas": {}}})
