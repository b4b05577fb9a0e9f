"""Refusals as JSON: `{"error": {"code", "message", "field"}}`, as `netviz ask` writes them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response

from cluster.machinery.errors import ApiError, BadRequest, Forbidden, Invalid, NotFound
from cluster.questions.question import QuestionError

logger = logging.getLogger(__name__)

STATUS: Mapping[str, int] = {
    error.reason: error.code for error in (BadRequest, Forbidden, NotFound, Invalid)
} | {"Unauthorized": 401, "ServiceUnavailable": 503}
_WORDS: Mapping[type[exceptions.APIException], str] = {
    exceptions.MethodNotAllowed: "MethodNotAllowed",
    exceptions.UnsupportedMediaType: "UnsupportedMediaType",
    exceptions.ParseError: BadRequest.reason,
    exceptions.PermissionDenied: Forbidden.reason,
}
ERROR_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field"],
            "properties": {
                "code": {"type": "string", "enum": [*STATUS, "InternalError"]},
                "message": {"type": "string"},
                "field": {"type": "string", "description": "The field of the question, if any."},
            },
        },
    },
}


def refusal(error: Exception, context: Mapping[str, Any]) -> Response:
    """Return the answer to a request that failed; what is no refusal is logged and a 500."""
    if isinstance(error, QuestionError):
        return _answer(STATUS.get(error.code, 400), error.code, error.message, error.field)
    if isinstance(error, ApiError):
        return _answer(error.code, error.reason, error.message)
    if isinstance(error, exceptions.APIException):
        word = _WORDS.get(type(error), str(error.default_code))
        return _answer(error.status_code, word, str(error.detail))
    logger.error("a question failed", exc_info=error, extra={"view": str(context.get("view"))})
    return _answer(500, "InternalError", "this question could not be answered; see the log")


def _answer(status: int, code: str, message: str, field: str = "") -> Response:
    return Response({"error": {"code": code, "message": message, "field": field}}, status=status)
