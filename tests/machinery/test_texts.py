"""Sentences that can be said again: equal to plain strings until somebody asks for more."""

from __future__ import annotations

import pickle

import orjson

from cluster.machinery.texts import Text, again, bare, instead, joined, lowered, opened, say, say_n


class Backwards:
    """A language in which every sentence stands backwards, its gaps where they belong."""

    def one(self, sentence: str) -> str:
        return " ".join(reversed(sentence.split()))

    def several(self, singular: str, plural: str, number: int) -> str:
        return self.one(singular if number == 1 else plural)


def test_a_text_is_the_english_string() -> None:
    text = say("{a} sends to {b}", a="web", b="db")

    assert text == "web sends to db"
    assert hash(text) == hash("web sends to db")
    assert orjson.dumps({"text": text}) == b'{"text":"web sends to db"}'
    assert type(pickle.loads(pickle.dumps(text))) is str  # noqa: S301 - our own bytes


def test_gaps_keep_what_filled_them_and_texts_in_gaps_are_said_again() -> None:
    inner = say("not ready")

    assert again(say("{pod} is {state}", pod="db-0", state=inner), Backwards()) == (
        "ready not is db-0"
    )


def test_braces_in_gaps_and_in_sentences_without_gaps_are_text() -> None:
    assert say("{name} is there", name="{evil}") == "{evil} is there"
    assert again(say("{name} is there", name="{0.__class__}"), Backwards()) == (
        "there is {0.__class__}"
    )
    assert say("{not a gap}") == "{not a gap}"


def test_numbers_choose_the_form() -> None:
    assert say_n("{n} Pod", "{n} Pods", 1) == "1 Pod"
    assert say_n("{n} Pod of {all}", "{n} Pods of {all}", 2, all=3) == "2 Pods of 3"
    assert again(say_n("{n} Pod", "{n} Pods", 2), Backwards()) == "Pods 2"


def test_joined_sentences_are_said_again_one_by_one() -> None:
    text = joined(" ", [say("One thing."), "", "db-0", say("Another one.")])

    assert text == "One thing. db-0 Another one."
    assert again(text, Backwards()) == "thing. One db-0 one. Another"


def test_a_shape_is_given_in_every_language() -> None:
    text = say("Not ready yet.")

    assert bare(text) == "Not ready yet"
    assert again(opened(say("one thing")), Backwards()) == "Thing one"
    assert again(lowered(bare(text)), Backwards()) == "yet. ready not"
    assert opened("db-0") == "Db-0"


def test_a_gap_may_be_filled_otherwise() -> None:
    text = say("{node} has {n} Pods", node="node-1", n=3)

    assert instead(text, "node-1", say("each")) == "each has 3 Pods"
    assert again(instead(text, "node-1", "each"), Backwards()) == "Pods 3 has each"
    assert instead(say_n("{n} of {node}", "{n} of {node}", 2, node="x"), "x", "y") == "2 of y"
    assert instead("node-1 is", "node-1", "each") == "each is"


def test_a_sentence_without_gaps_is_made_once() -> None:
    assert say("Not ready yet.") is say("Not ready yet.")


def test_plain_strings_are_left_alone() -> None:
    assert again("spec.replicas", Backwards()) == "spec.replicas"
    assert isinstance(say("x"), Text)
