"""Bodies that kubectl 1.33 sent (recorded), and bytes that no client should send."""

import base64
import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.api.kube.protobuf import decode
from cluster.api.kube.protobuf.messages import message_class, messages
from cluster.catalog import KINDS
from cluster.engine.reading import read
from cluster.machinery.errors import BadRequest
from cluster.machinery.manifest import Manifest

BODIES: dict[str, bytes] = {
    name: base64.b64decode(text)
    for name, text in json.loads(
        Path(__file__).with_name("protobuf_bodies.json").read_text()
    ).items()
}
UNKNOWN = "apimachinery.pkg.runtime.Unknown"


def enveloped(api_version: str, kind: str, raw: bytes) -> bytes:
    unknown = message_class(UNKNOWN)(typeMeta={"apiVersion": api_version, "kind": kind}, raw=raw)
    return b"k8s\x00" + unknown.SerializeToString()


def test_deployment_keeps_the_zero_that_was_set_and_drops_the_zeros_of_go() -> None:
    expected: Manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [
                        {"name": "nginx", "image": "nginx", "ports": [{"containerPort": 80}]}
                    ]
                },
            },
        },
    }

    assert decode(BODIES["deployment"]) == expected


def test_fields_of_an_embedded_message_stand_a_level_up() -> None:
    found = decode(BODIES["ingress"])

    spec = found["spec"]
    assert isinstance(spec, dict)
    assert spec["rules"] == [
        {
            "host": "foo.com",
            "http": {
                "paths": [
                    {
                        "path": "/",
                        "pathType": "Prefix",
                        "backend": {"service": {"name": "svc", "port": {"number": 8080}}},
                    }
                ]
            },
        }
    ]


@pytest.mark.parametrize("name", [name for name in BODIES if not name.startswith("auth")])
def test_what_kubectl_creates_is_read_without_an_unknown_field(name: str) -> None:
    assert read(KINDS, decode(BODIES[name]), "Strict").manifest["kind"]


def test_every_kind_can_be_read() -> None:
    for kind in KINDS:
        found = decode(enveloped(kind.api_version, kind.kind, b""))

        assert found == {"apiVersion": kind.api_version, "kind": kind.kind}


def test_fields_that_write_themselves() -> None:
    pod = message_class("api.core.v1.Pod")(
        metadata={
            "name": "p",
            "creationTimestamp": {"seconds": 1767225600, "nanos": 5},
            "deletionTimestamp": {},
        },
        spec={
            "containers": [
                {
                    "name": "c",
                    "resources": {"limits": {"cpu": {"string": "500m"}}},
                    "livenessProbe": {
                        "handler": {"httpGet": {"port": {"type": 1, "strVal": "h"}}}
                    },
                }
            ],
            "volumes": [{"name": "v", "volumeSource": {"emptyDir": {}}}],
            "automountServiceAccountToken": False,
        },
    )

    found = decode(enveloped("v1", "Pod", pod.SerializeToString()))

    assert found["metadata"] == {
        "name": "p", "creationTimestamp": "2026-01-01T00:00:00Z", "deletionTimestamp": None,
    }  # fmt: skip
    assert found["spec"] == {
        "containers": [
            {
                "name": "c",
                "resources": {"limits": {"cpu": "500m"}},
                "livenessProbe": {"httpGet": {"port": "h"}},
            }
        ],
        "volumes": [{"name": "v", "emptyDir": {}}],
        "automountServiceAccountToken": False,
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"", "does not begin with the bytes 6b 38 73 00", id="nothing"),
        pytest.param(b"{}", "but with 7b 7d", id="JSON"),
        pytest.param(b"k8s\x00\xff", "unable to decode the envelope", id="no envelope"),
        pytest.param(b"k8s\x00", "'Kind' is missing", id="empty envelope"),
        pytest.param(enveloped("v1", "", b""), "'Kind' is missing", id="no kind"),
        pytest.param(enveloped("", "Pod", b""), "'apiVersion' is missing", id="no version"),
        pytest.param(enveloped("v1", "Nope", b""), 'no kind "Nope" is registered', id="kind"),
        pytest.param(enveloped("v1", "Pod", b"\x0a\xff"), "no message Pod", id="cut short"),
        pytest.param(
            enveloped("v1", "Pod", b"\x0a\x03\x0a\x01\xff"),
            "unable to decode Pod.metadata.name in the protobuf body: a text is not UTF-8",
            id="no UTF-8",
        ),
        pytest.param(
            enveloped("v1", "Pod", b"\x0a\x08\x5a\x06\x0a\x01\xff\x12\x01a"),
            "unable to decode Pod.metadata.labels in the protobuf body: a text is not UTF-8",
            id="no UTF-8 in a map",
        ),
    ],
)
def test_hostile_bytes_are_a_400_that_names_what_is_wrong(body: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=r".") as caught:
        decode(body)

    assert words in caught.value.message


def test_depth_is_bounded() -> None:
    nested = b""
    for _ in range(5000):
        nested = b"\x0a" + _varint(len(nested)) + nested

    with pytest.raises(BadRequest):
        decode(enveloped("v1", "Pod", nested))


@given(st.binary(max_size=200), st.sampled_from(sorted(BODIES)), st.integers(0, 400))
def test_broken_bodies_raise_nothing_but_bad_requests(junk: bytes, name: str, at: int) -> None:
    body = BODIES[name]
    for broken in (body[:at] + junk, body[:at] + junk + body[at + len(junk) :]):
        with contextlib.suppress(BadRequest):
            decode(broken)


def test_every_type_of_the_table_is_in_the_table() -> None:
    scalars = {"string", "bytes", "bool", "int32", "int64", "double"}

    named = {field.type for fields in messages().values() for field in fields.values()}

    assert named - scalars <= set(messages())


def _varint(number: int) -> bytes:
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])
