"""The OpenAPI documents at their addresses: `/openapi/v3` and below it, `/openapi/v2`.

One set serves all clusters: what is served does not depend on them.
"""

from __future__ import annotations

from cluster.api.kube.negotiation import accepted
from cluster.api.kube.openapi import SWAGGER_PROTOBUF, SWAGGER_PROTOBUF_TYPE, OpenAPI
from cluster.api.kube.resources import RESOURCES
from cluster.api.kube.statuses import not_served
from cluster.api.kube.wire import Answer, Request, of_json
from cluster.machinery.manifest import mapping_at, text_at

DOCUMENTS = OpenAPI(RESOURCES)


def openapi(request: Request, rest: list[str]) -> Answer:
    """Answer an address below `/openapi`; raises NotFound."""
    match rest:
        case ["v2"]:
            return _swagger(request)
        case ["v3"]:
            return _index(request.cluster)
        case ["v3", *path]:
            found = DOCUMENTS.document("/".join(path))
            if found is not None:
                return Answer(found)
    raise not_served()


def _index(cluster: str) -> Answer:
    """Answer the index, its addresses absolute: older clients drop the path of their server."""
    index = DOCUMENTS.index()
    return of_json({
        "paths": {
            path: {"serverRelativeURL": f"/clusters/{cluster}{text_at(index, 'paths', path, 'serverRelativeURL')}"}  # noqa: E501
            for path in mapping_at(index, "paths")
        }
    })  # fmt: skip


def _swagger(request: Request) -> Answer:
    """Answer Swagger 2: as JSON where the client asks for that first, else in protobuf."""
    for entry in accepted(request):
        if "openapi.spec.v2" in entry.type:
            break
        if entry.type == "application/json":
            return Answer(DOCUMENTS.swagger())
    return Answer(SWAGGER_PROTOBUF, type=SWAGGER_PROTOBUF_TYPE)
