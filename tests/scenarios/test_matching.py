"""The language of expectations fails where it should: a scenario that cannot fail says nothing."""

from __future__ import annotations

import pytest

from tests.scenarios.matching import Bindings, load, mismatches

HOLDS = {
    "fields that are not named": ("{a: 1}", {"a": 1, "b": 2}),
    "nested mappings": ("{a: {b: 1}}", {"a": {"b": 1, "c": 2}}),
    "equal lists": ("[1, {a: 2}]", [1, {"a": 2, "b": 3}]),
    "an absent field": ("{a: !absent }", {"b": 1}),
    "a null field": ("{a: !absent }", {"a": None}),
    "any value": ("{a: !any }", {"a": False}),
    "a set in another order": ("!set [1, 2]", [2, 1]),
    "items among others": ("!contains [{a: 1}]", [{"a": 2}, {"a": 1, "b": 3}]),
    "a count": ("!count 2", [1, 2]),
    "every item": ("!each {a: 1}", [{"a": 1}, {"a": 1, "b": 2}]),
    "several demands": ("!all [!count 1, !each {a: 1}]", [{"a": 1}]),
    "anything else": ("!not {a: 1}", {"a": 2}),
    "words in a text": ("!text is taken", "it is taken by another"),
    "a pattern": ("!matches web-[a-z]+", "web-abc"),
    "the same value twice": ("[!same ip, !same ip]", ["10.0.0.1", "10.0.0.1"]),
    "another value": ("[!same ip, !other ip]", ["10.0.0.1", "10.0.0.2"]),
}
FAILS = {
    "another value": ("{a: 1}", {"a": 2}),
    "a field that is not there": ("{a: 1}", {"b": 1}),
    "a null that must be there as such": ("{a: null}", {"b": 1}),
    "true for one": ("{a: 1}", {"a": True}),
    "a longer list": ("[1]", [1, 2]),
    "another order": ("[1, 2]", [2, 1]),
    "no mapping": ("{a: 1}", [1]),
    "a field that is there": ("{a: !absent }", {"a": False}),
    "no value": ("{a: !any }", {}),
    "a set with one too many": ("!set [1, 2]", [1, 2, 3]),
    "one item for two demands": ("!contains [{a: 1}, {a: 1}]", [{"a": 1}]),
    "another count": ("!count 2", [1]),
    "the count of nothing": ("!count 0", None),
    "every item of an empty list": ("!each {a: 1}", []),
    "one of several demands": ("!all [!count 1, !each {a: 1}]", [{"a": 2}]),
    "what must not be": ("!not {a: 1}", {"a": 1, "b": 2}),
    "a text without the words": ("!text taken", "free"),
    "a longer text than the pattern": ("!matches web", "web-1"),
    "two values of one name": ("[!same ip, !same ip]", ["10.0.0.1", "10.0.0.2"]),
    "the value it must not be": ("[!same ip, !other ip]", ["10.0.0.1", "10.0.0.1"]),
}


def wrong(expected: str, found: object) -> list[str]:
    return list(mismatches(load(expected), found, Bindings()))


@pytest.mark.parametrize(("expected", "found"), HOLDS.values(), ids=HOLDS)
def test_it_accepts(expected: str, found: object) -> None:
    assert wrong(expected, found) == []


@pytest.mark.parametrize(("expected", "found"), FAILS.values(), ids=FAILS)
def test_it_refuses(expected: str, found: object) -> None:
    assert wrong(expected, found) != []


def test_a_mistyped_tag_is_an_error() -> None:
    with pytest.raises(Exception, match="no tag !contain"):
        load("!contain [1]")


def test_a_message_names_the_field() -> None:
    assert wrong("{spec: {ports: [{port: 80}]}}", {"spec": {"ports": [{"port": 81}]}}) == [
        "spec.ports[0].port: expected 80, found 81"
    ]
