"""The setting `upstream_dns`: a record without data would be one that answers nothing."""

from __future__ import annotations

import pytest

from cluster.machinery.manifest import JSON
from cluster.machinery.settings import InvalidSettings, parse_settings


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("10.0.0.1", "upstream_dns[a.test]: Invalid value", id="no-list"),
        pytest.param(["10.0.0.1"], "upstream_dns[a.test][0]: Invalid value", id="no-mapping"),
        pytest.param(
            [{"type": "A", "data": "10.0.0.1"}, {"type": "A"}],
            "upstream_dns[a.test][1].data: Required value",
            id="no-data",
        ),
    ],
)
def test_a_record_upstream_has_its_data(value: JSON, expected: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse_settings({"upstream_dns": {"a.test": value}})

    assert [str(error).startswith(expected) for error in caught.value.errors] == [True]
