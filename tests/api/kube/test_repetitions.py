import pytest

from cluster.machinery import json_reader
from cluster.machinery.decode import Upload, documents
from cluster.machinery.limits import Limits


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"a": 1}', []),
        ('{"a": 1, "a": 2}', ["a"]),
        ('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 2}]}', ["a.b", "c[0].d"]),
        ('{"a": "\\"b\\": 1", "b": 2}', []),
    ],
)
def test_members_set_twice_are_found_with_their_paths(text: str, paths: list[str]) -> None:
    assert json_reader.repetitions(text, json_reader.whole(text)) == paths


def test_an_upload_with_a_member_set_twice_is_refused_still() -> None:
    text = b'{"apiVersion": "v1", "kind": "Service", "spec": {"type": "x", "type": "y"}}'

    found = next(documents([Upload("a.json", text)], Limits.upload()))

    assert found.problem is not None
    assert found.problem.message == 'json: duplicate field "spec.type"'
