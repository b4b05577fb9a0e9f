"""The question `endpointslices`: a Service's slices, and what it took to make them."""

from __future__ import annotations

from cluster.domains.service.service import Service
from cluster.machinery.manifest import JSON, Manifest, text_at
from cluster.questions.asked import Asked
from cluster.questions.named import named
from cluster.questions.question import Field, Given, Question
from cluster.questions.seeded import SERVICE_NAME

_COUNTS: Manifest = {
    "type": "object",
    "properties": {word: {"type": "integer"} for word in ("create", "update", "delete")},
}


def endpointslices(asked: Asked, given: Given) -> Manifest:
    """Answer the slices of `service`, and what the first and the last settling did to them."""
    service = asked.snapshot.key_of(named(asked, given, "service", Service))
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
