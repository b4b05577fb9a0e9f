"""The questions `dns` and `resolvconf`: what names resolve to, and whom a Pod asks."""

from __future__ import annotations

from cluster.domains.dns.answers import resolve
from cluster.domains.dns.resolver import pod_resolv_conf
from cluster.domains.dns.search import walk
from cluster.domains.workload.pod import Pod
from cluster.machinery.manifest import Manifest
from cluster.questions.asked import Asked
from cluster.questions.named import named
from cluster.questions.question import Field, Given, Question, bad

TYPE_EXAMPLES = ("A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "NS", "MX", "ANY")
LONGEST_TYPE = 16  # characters; `NSEC3PARAM` has ten, `TYPE65535` nine
_TEXTS: Manifest = {"type": "array", "items": {"type": "string"}}
_RECORDS: Manifest = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Absolute: it ends in a dot."},
            "type": {"type": "string"},
            "ttl": {"type": "integer", "description": "Seconds."},
            "data": {"type": "string", "description": "As a zone file has it."},
        },
    },
}


def dns(asked: Asked, given: Given) -> Manifest:
    """Answer what the cluster's DNS says of `name`; with `from`, what that Pod's resolver gets."""
    name, type_ = given.required("name"), record_type(given)
    if not given.text("from"):
        return resolve(asked.snapshot, name, type_).json()
    pod = named(asked, given, "from", Pod)
    conf = pod_resolv_conf(pod, asked.snapshot)
    return walk(asked.snapshot, conf, name, type_).json()


def record_type(given: Given) -> str:
    """Return the field `type` in upper case, `A` where it is absent; raises QuestionError.

    Any word is a type: those that no record of the cluster has are answered without records.
    """
    word = given.text("type", "A").strip().upper() or "A"
    if not (word.isascii() and word.replace("-", "").isalnum() and len(word) <= LONGEST_TYPE):
        raise bad(f"type: {word!r} is no record type such as {', '.join(TYPE_EXAMPLES)}", "type")
    return word


def resolvconf(asked: Asked, given: Given) -> Manifest:
    """Answer the resolv.conf that the kubelet writes for `pod`."""
    return pod_resolv_conf(named(asked, given, "pod", Pod), asked.snapshot).json()


DNS = Question(
    "dns",
    "What the cluster's DNS answers, or what a Pod's resolver gets from it.",
    dns,
    (
        Field("name", "The name, absolute; with `from` as a program of the Pod gives it.",
              is_required=True),
        Field("type", f"The record type: {', '.join(TYPE_EXAMPLES)} ... (default A)."),
        Field("from", "A Pod, as `namespace/name`: its search list is walked."),
    ),
    {
        "type": "object",
        "required": ["rcode", "answer", "authority", "additional"],
        "properties": {
            "rcode": {
                "type": "string",
                "enum": ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "REFUSED"],
            },
            "answer": _RECORDS,
            "authority": _RECORDS,
            "additional": _RECORDS,
            "queries": {
                "type": "array",
                "description": "With `from`: what the resolver sends, in order.",
                "items": {
                    "type": "object",
                    "properties": {
                        word: {"type": "string"} for word in ("name", "type", "rcode")
                    },
                },
            },
        },
    },
    reads=frozenset({"Service", "EndpointSlice", "Pod", "Namespace"}),
)  # fmt: skip
RESOLVCONF = Question(
    "resolvconf",
    "The resolv.conf of a Pod.",
    resolvconf,
    (Field("pod", "The Pod, as `namespace/name`.", is_required=True),),
    {
        "type": "object",
        "properties": {
            "nameservers": _TEXTS,
            "searches": _TEXTS,
            "options": _TEXTS,
            "text": {"type": "string", "description": "The file."},
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {word: {"type": "string"} for word in ("reason", "message")},
                },
            },
        },
    },
    reads=frozenset({"Pod", "Node"}),
)
