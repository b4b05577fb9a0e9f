"""Bytes in and out: JSON alone, written as `netviz ask` writes it.

A body must say that it is JSON. Browsers ask another origin before they send such a request, and
are told nothing: no page elsewhere can have its reader ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from cluster.machinery.limits import Limits

LONGEST_BODY = Limits.upload().total_bytes


class BodyTooLong(APIException):
    """413: more than one question can need."""

    status_code = 413
    default_code = "RequestEntityTooLarge"
    default_detail = f"a question has at most {LONGEST_BODY} bytes"


class JSONParser(BaseParser):
    """Reads a body of at most `LONGEST_BODY` bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the value in the body; raises ParseError, BodyTooLong."""
        body = stream.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            raise BodyTooLong
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"the body is no JSON: {error}") from error


class JSONRenderer(BaseRenderer):
    """Writes an answer as `ask` does."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes of an answer."""
        return orjson.dumps(data)


class SVGRenderer(BaseRenderer):
    """Passes on the SVG document of a view; a refusal is written as JSON."""

    media_type = "image/svg+xml"
    format = "svg"
    charset = "utf-8"

    def render(
        self,
        data: object,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the bytes of a drawing or of a refusal."""
        if isinstance(data, bytes):
            return data
        if renderer_context is not None:
            renderer_context["response"]["Content-Type"] = JSONRenderer.media_type
        return orjson.dumps(data)


class OnlyJSON(BaseContentNegotiation):
    """Takes what the view has, whatever the client says it accepts.

    But for drawings: a view that has an SVG renderer uses it for `?format=svg` and for clients
    that accept SVG and do not name JSON, as browsers do that load an image.
    """

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the parser of the body's type, None (415) for another one."""
        named = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == named), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        """Return the renderer of JSON, or that of SVG where it is wanted."""
        accepted = request.META.get("HTTP_ACCEPT", "")
        wants_svg = SVGRenderer.media_type in accepted and JSONRenderer.media_type not in accepted
        named = request.query_params.get("format", SVGRenderer.format if wants_svg else "")
        found = next((item for item in renderers if item.format == named), renderers[0])
        return found, found.media_type
