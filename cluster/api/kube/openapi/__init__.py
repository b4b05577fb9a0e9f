"""What the API is made of, as OpenAPI tells it: for `explain`, validation and merge keys.

`OpenAPI(resources)` holds the documents of the resources that are served, each made when it is
first asked for and kept as bytes:

    index()             the answer of `/openapi/v3`: where each group version's document is
    document(path)      the document of `api/v1`, `apis/apps/v1`; None where nothing is served
    swagger()           the answer of `/openapi/v2` as JSON
    SWAGGER_PROTOBUF    the same in protobuf, with nothing in it, which satisfies every kubectl
"""

from cluster.api.kube.openapi.documents import (
    SWAGGER_PROTOBUF,
    SWAGGER_PROTOBUF_TYPE,
    OpenAPI,
)

__all__ = ["SWAGGER_PROTOBUF", "SWAGGER_PROTOBUF_TYPE", "OpenAPI"]
