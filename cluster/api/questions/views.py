"""The views: the clusters there are, and one question about one of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authentication import SessionAuthentication
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cluster.api.questions.errors import refusal
from cluster.api.questions.openapi import CLUSTERS_SHAPE, QuestionSchema
from cluster.api.questions.rights import access_of, demand, shown
from cluster.api.questions.wire import JSONParser, JSONRenderer, OnlyJSON, SVGRenderer
from cluster.machinery.manifest import Manifest
from cluster.questions.answers import QUESTIONS
from cluster.questions.question import Given, Question, QuestionError
from cluster.runtime.asking import asked_for
from cluster.runtime.svg import NotDrawn, draw_svg
from cluster.store import all_clusters, find_cluster

DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"
"""A drawing brings its own style and fonts, and nothing in it runs."""


class Door(APIView):
    """What all addresses share: JSON in and out, refusals as JSON, sessions of the dashboard."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = ()
    parser_classes = (JSONParser,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JSONRenderer,)
    content_negotiation_class = OnlyJSON

    def get_exception_handler(self) -> Any:
        """Return the one translation of refusals."""
        return refusal

    def finalize_response(
        self, request: Request, response: Any, *args: object, **kwargs: object
    ) -> Any:
        """Return the response, which no cache may keep: it holds for one revision."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


class ClustersView(Door):
    """The clusters by name."""

    @extend_schema(
        operation_id="clusters", summary="The clusters, by name.", tags=["clusters"],
        responses={200: CLUSTERS_SHAPE},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Answer the names of the clusters."""
        access_of(request)
        return Response({"clusters": [{"name": cluster.name} for cluster in all_clusters()]})


class QuestionView(Door):
    """One question; `question` says which."""

    schema = QuestionSchema()
    question: Question = next(iter(QUESTIONS.values()))

    def get(self, request: Request, cluster: str) -> Response:
        """Answer a question whose fields stand in the query string."""
        return self._answer(request, cluster, Given(request.query_params.dict()))

    def post(self, request: Request, cluster: str) -> Response:
        """Answer a question given as the JSON of `ask`."""
        if not isinstance(request.data, dict):
            raise QuestionError("BadRequest", "a question must be a mapping")
        asked = request.data.get("ask", self.question.ask)
        if asked != self.question.ask:
            text = f"this is the address of the question {self.question.ask}"
            raise QuestionError("BadRequest", text, "ask")
        return self._answer(request, cluster, Given(request.data))

    def _answer(self, request: Request, cluster: str, given: Given) -> Response:
        access = access_of(request)
        find_cluster(cluster)
        demand(access, self.question, given)
        with asked_for(self.question, cluster) as asked:
            answer: Manifest = self.question.answer(asked, given)
        return Response(shown(access, self.question, answer))


class GraphView(QuestionView):
    """The question `graph`, as JSON or drawn."""

    renderer_classes = (JSONRenderer, SVGRenderer)

    def _answer(self, request: Request, cluster: str, given: Given) -> Response:
        answer = super()._answer(request, cluster, given)
        if not isinstance(request.accepted_renderer, SVGRenderer):
            return answer
        try:
            document = draw_svg(
                answer.data,
                url=request.build_absolute_uri(),
                theme="dark" if request.query_params.get("theme") == "dark" else "light",
            )
        except NotDrawn as error:
            raise QuestionError("ServiceUnavailable", str(error)) from error
        return Response(document, headers={"Content-Security-Policy": DRAWING_POLICY})


@extend_schema(exclude=True)
class UnknownView(Door):
    """Any other question: says which there are."""

    def get(self, request: Request, cluster: str, question: str) -> Response:
        """Refuse, naming the questions there are."""
        access_of(request)
        find_cluster(cluster)
        known = ", ".join(QUESTIONS)
        raise QuestionError("NotFound", f"no question {question!r}; known are {known}", "ask")

    post = get


class SchemaView(SpectacularAPIView):
    """The OpenAPI document of these addresses, YAML or JSON as the client accepts."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = ()

    def get_exception_handler(self) -> Any:
        """Return the one translation of refusals."""
        return refusal

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Let in whoever may read."""
        super().initial(request, *args, **kwargs)
        access_of(request)
