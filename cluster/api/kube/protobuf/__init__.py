"""Bodies of requests in Kubernetes' protobuf: `application/vnd.kubernetes.protobuf`.

`decode(body)` returns the object as JSON would have brought it; `CONTENT_TYPE` is the type that
such bodies have. Answers are never written so: clients that send protobuf take JSON as well.
"""

from cluster.api.kube.protobuf.decoding import CONTENT_TYPE, decode

__all__ = ["CONTENT_TYPE", "decode"]
