"""Lists of names and numbers, which each language sets in its own way."""

from __future__ import annotations

from cluster.machinery.texts import again, joined, say


class Wide:
    """A language with wide characters, of which three words are known."""

    WORDS = {", ": "、", "; ": "；", "ready": "就绪", "{ports} answer": "{ports} 应答"}  # noqa: RUF001

    def one(self, sentence: str) -> str:
        return self.WORDS.get(sentence, sentence)

    def several(self, singular: str, plural: str, number: int) -> str:
        return self.one(singular if number == 1 else plural)


def test_names_in_a_list_stand_as_the_language_sets_them() -> None:
    assert again(joined(", ", ("10.0.0.1", "fd00::1")), Wide()) == "10.0.0.1、fd00::1"
    assert again(joined("; ", ("TCP 80", "UDP 53")), Wide()) == "TCP 80；UDP 53"  # noqa: RUF001
    assert joined(", ", ("10.0.0.1", "fd00::1")) == "10.0.0.1, fd00::1"


def test_clauses_with_words_keep_the_comma_of_clauses() -> None:
    text = joined(", ", ("Pod web", say("ready"), "10.0.0.1"))

    assert again(text, Wide()) == "Pod web，就绪，10.0.0.1"  # noqa: RUF001


def test_a_list_in_a_sentence_is_said_again_with_it() -> None:
    text = say("{ports} answer", ports=joined(", ", ("80", "443")))

    assert again(text, Wide()) == "80、443 应答"
