"""The question `endpointslices`: a Service's slices, and what it took to make them."""

from __future__ import annotations

from cluster.machinery.errors import not_found
from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.machinery.meta import Key
from cluster.questions.asked import Asked
from cluster.questions.question import Field, Given, Question, QuestionError
from cluster.questions.seeded import SERVICE_NAME

_COUNTS: Manifest = {
    "type": "object",
    "properties": {word: {"type": "integer"} for word in ("create", "update", "delete")},
}


def endpointslices(asked: Asked, given: Given) -> Manifest:
    """Answer the slices of `service`, and what the first and the last settling did to them."""
    service = service_key(asked, given)
    slices: list[JSON] = [
        manifest
        for manifest in asked.objects(["EndpointSlice"], service.namespace)
        if text_at(manifest, "metadata", "labels", SERVICE_NAME) == service.name
    ]
    first, last = asked.slice_changes(service)
    events: list[JSON] = [
        {"type": event.type, "reason": event.reason, "message": event.message}
        for event in asked.events(service)
    ]
    return {
        "slices": slices,
        "changes": first.json(),
        "changes_last_step": last.json(),
        "sync_error": asked.sync_error(service),
        "events": events,
    }


def service_key(asked: Asked, given: Given) -> Key:
    """Return the Service that the field `service` names as `ns/name`; raises QuestionError."""
    name = given.required("service")
    namespace, _slash, last = name.rpartition("/")
    key = Key("", "Service", namespace or "default", last)
    if asked.snapshot.find(key) is None:
        raise QuestionError("NotFound", not_found("services", "", name).message, "service")
    return key


ENDPOINTSLICES = Question(
    "endpointslices",
    "The EndpointSlices of a Service.",
    endpointslices,
    (Field("service", "The Service, as `namespace/name`.", is_required=True),),
    {
        "type": "object",
        "properties": {
            "slices": {"type": "array", "items": {"type": "object"}},
            "changes": {"description": "Of the first settling.", **_COUNTS},
            "changes_last_step": {"description": "Of the last settling.", **_COUNTS},
            "sync_error": {"type": "string", "nullable": True},
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        word: {"type": "string"} for word in ("type", "reason", "message")
                    },
                },
            },
        },
    },
    reads=frozenset({"Service", "EndpointSlice"}),
)
