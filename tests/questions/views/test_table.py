"""The table of the diagrams, and the parameters that a view has of its own."""

from __future__ import annotations

import pytest

from cluster.questions.views.table import DIAGRAMS, parameters_of, parse_request


def test_a_view_gets_its_own_parameters_and_no_others() -> None:
    for view in DIAGRAMS:
        for parameter in parameters_of(view):
            value = parameter.choices[0] if parameter.choices else "x"
            request = parse_request({"view": view, "of": "a/b", parameter.name: value}, "demo")

            assert request.given == {parameter.name: value}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"view": "maps"}, "view: no view 'maps'"),
        ({"view": "map", "lvl": "L9"}, "lvl: no level 'L9'"),
        ({"view": "map", "budget": "many"}, "budget: 'many' is no number"),
    ],
)
def test_a_malformed_query_is_refused_by_the_name_of_its_parameter(
    query: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse_request(query, "demo")
