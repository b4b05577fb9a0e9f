"""Addresses under `/api/netviz/v1/`."""

from django.urls import URLPattern, path

from cluster.api.questions.views import (
    ClustersView,
    GraphView,
    QuestionView,
    SchemaView,
    UnknownView,
)
from cluster.questions.answers import QUESTIONS
from cluster.questions.graph import GRAPH

PREFIX = "api/netviz/v1/"

_described: list[URLPattern] = [
    path(f"{PREFIX}clusters", ClustersView.as_view(), name="questions-clusters"),
    *(
        path(
            f"{PREFIX}clusters/<str:cluster>/{question.ask}",
            (GraphView if question is GRAPH else QuestionView).as_view(question=question),
            name=f"question-{question.ask}",
        )
        for question in QUESTIONS.values()
    ),
]
urlpatterns: list[URLPattern] = [
    *_described,
    path(f"{PREFIX}schema", SchemaView.as_view(patterns=_described), name="questions-schema"),
    path(f"{PREFIX}clusters/<str:cluster>/<str:question>", UnknownView.as_view()),
]
