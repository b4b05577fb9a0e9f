"""How OpenAPI describes a question: its fields as parameters and body, its answer's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from cluster.api.questions.errors import ERROR_SHAPE
from cluster.questions.question import Field, FieldType, Question

CLUSTERS_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["clusters"],
    "properties": {
        "clusters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}},
            },
        },
    },
}
_TYPES: Mapping[FieldType, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "port": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    "mapping": {"type": "object", "additionalProperties": True},
    "mappings": {"type": "array", "items": {"type": "object"}},
}
_REFUSALS = {
    400: "A field cannot be read.",
    401: "Reading needs a login here.",
    403: "The reader may not see what the answer rests on.",
    404: "No such cluster, or no such object.",
}


def schema_of(field: Field) -> dict[str, Any]:
    """Return the JSON schema of one field."""
    schema = dict(_TYPES[field.type])
    return schema | {"enum": list(field.choices)} if field.choices else schema


class QuestionSchema(AutoSchema):
    """Describes a `QuestionView` by its question instead of by serializers."""

    @property
    def question(self) -> Question:
        """The question of the view."""
        found: Question = self.view.question  # type: ignore[attr-defined]  # of a QuestionView
        return found

    def get_operation_id(self) -> str:
        """Return `dns` for GET, `ask_dns` for POST."""
        return self.question.ask if self.method == "GET" else f"ask_{self.question.ask}"

    def get_summary(self) -> str:
        """Return what the question is about."""
        return self.question.summary

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """Return the function's own sentence."""
        return (self.question.answer.__doc__ or "").strip()

    def get_tags(self) -> list[str]:
        """Return the group that questions are listed in."""
        return ["questions"]

    def get_override_parameters(self) -> list[Any]:
        """Return the cluster, and for GET the fields; lists are joined by commas."""
        cluster = OpenApiParameter(
            "cluster", str, OpenApiParameter.PATH, description="The cluster's name."
        )
        if self.method != "GET":
            return [cluster]
        return [
            cluster,
            *(
                OpenApiParameter(
                    field.name,
                    schema_of(field),
                    required=field.is_required,
                    description=field.help,
                    style="form" if field.type in {"texts", "mappings"} else None,
                    explode=False if field.type in {"texts", "mappings"} else None,
                )
                for field in self.question.fields
            ),
        ]

    def get_request_serializer(self) -> Any:
        """Return the body of a POST: the question as in `ask`."""
        properties: dict[str, Any] = {
            "ask": {"type": "string", "enum": [self.question.ask]},
        }
        for field in self.question.fields:
            properties[field.name] = schema_of(field) | {"description": field.help}
        shape: dict[str, Any] = {"type": "object", "properties": properties}
        required = [field.name for field in self.question.fields if field.is_required]
        return {"application/json": shape | {"required": required} if required else shape}

    def get_response_serializers(self) -> Any:
        """Return the shape of the answer and of refusals."""
        answer = OpenApiResponse(dict(self.question.shape or {"type": "object"}), "The answer.")
        refusals = {
            status: OpenApiResponse(ERROR_SHAPE, text) for status, text in _REFUSALS.items()
        }
        return {200: answer, **refusals}
