"""Sentences that are kept as JSON are the same sentences when they are read again."""

from __future__ import annotations

import orjson

from cluster.machinery.kept_texts import notes, recalled
from cluster.machinery.manifest import Manifest
from cluster.machinery.texts import again, joined, say, say_n


class Loud:
    """A language of capitals."""

    def one(self, sentence: str) -> str:
        return sentence.replace("is", "IS")

    def several(self, singular: str, plural: str, number: int) -> str:
        return (singular if number == 1 else plural).replace("Pods", "PODS")


def test_texts_of_a_document_are_recalled_from_json() -> None:
    inner = say("it is closed")
    document: Manifest = {
        "rows": [
            {"why": say("{name} is new: {state}", name="shop/web", state=inner), "port": "80"},
            {"why": joined(" ", (say_n("{n} Pod", "{n} Pods", 2), "db-0", inner))},
        ],
        "plain": "as it is",
    }

    found = recalled(orjson.loads(orjson.dumps(notes(document))))

    assert set(found) == {"shop/web is new: it is closed", "2 Pods db-0 it is closed"}
    assert again(found["shop/web is new: it is closed"], Loud()) == (
        "shop/web IS new: it IS closed"
    )
    assert again(found["2 Pods db-0 it is closed"], Loud()) == "2 PODS db-0 it IS closed"


def test_notes_that_do_not_say_what_they_stand_for_are_dropped() -> None:
    noted: Manifest = {"a": {"say": "b"}, "c": "c", "d": {"parts": []}, "e": {"say": "e"}}

    assert set(recalled(noted)) == {"e"}
