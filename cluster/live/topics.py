"""What can be subscribed to: one view of one cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

from cluster.machinery.texts import say
from cluster.questions.views.request import BadParameter

OF_THE_PAGE = frozenset({"at", "density", "hide", "q", "sel", "tab", "theme", "vp"})
"""Parameters that say how a page shows a view, not which view it is."""

LANGUAGE = "lang"
"""The parameter of a socket's address that says in which language its page is."""

LONGEST_QUERY = 2000


class Topic(NamedTuple):
    """A cluster and a view's query: pages that show the same share one computation."""

    cluster: str
    query: tuple[tuple[str, str], ...]

    @property
    def parameters(self) -> dict[str, str]:
        """The query as views read it."""
        return {name: value for name, value in self.query if name != LANGUAGE}

    @property
    def language(self) -> str:
        """The language in which the view is told, "" for English."""
        return dict(self.query).get(LANGUAGE, "")


def topic_of(cluster: str, query_string: bytes) -> Topic:
    """Return the topic of a socket's address; raises ValueError for a query that is too long."""
    if len(query_string) > LONGEST_QUERY:
        raise BadParameter("query", say("it is longer than {bytes} bytes", bytes=LONGEST_QUERY))
    pairs = parse_qsl(query_string.decode("ascii", errors="replace"), max_num_fields=50)
    return Topic(cluster, canonical(pairs))


def canonical(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the parameters that choose a view, sorted; the last of a name counts."""
    chosen = {name: value for name, value in pairs if value and name not in OF_THE_PAGE}
    return tuple(sorted(chosen.items()))
