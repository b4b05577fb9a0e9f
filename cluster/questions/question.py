"""What a question is: its name, its fields, what it answers; and reading its fields.

A question arrives as JSON (`ask`, POST) or as the text of a query string (GET); reading a field
takes both, so that the two doors give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson

from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import say
from cluster.questions.asked import Asked

FieldType: TypeAlias = Literal["text", "number", "flag", "texts", "mapping", "mappings", "port"]
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no", ""})


class QuestionError(Exception):
    """A question that cannot be answered: a code, a sentence, and the field of the question."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        """Keep the three parts."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def answer(self) -> Manifest:
        """The JSON of an `error`."""
        return {"code": self.code, "message": self.message, "field": self.field}


def bad(message: str, field: str) -> QuestionError:
    """Return the refusal of a field that cannot be read."""
    return QuestionError("BadRequest", message, field)


def required(field: str) -> QuestionError:
    """Return the refusal of a field that is not given."""
    return bad(say("{field} is required", field=field), field)


class Given:
    """The fields of one question as they were given."""

    def __init__(self, fields: Mapping[str, JSON]) -> None:
        """Read from `fields`, JSON values or the texts of a query string."""
        self.fields = fields

    def text(self, name: str, default: str = "") -> str:
        """Return a text, `default` where it is absent; raises QuestionError."""
        value = self.fields.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise bad(say("{field} must be a string", field=name), name)
        return str(value)

    def required(self, name: str) -> str:
        """Return a text that must be there and not be empty; raises QuestionError."""
        found = self.text(name).strip()
        if not found:
            raise required(name)
        return found

    def number(self, name: str, default: int) -> int:
        """Return a whole number, `default` where it is absent; raises QuestionError."""
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise bad(say("{field} must be a number", field=name), name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean, `default` where it is absent; raises QuestionError."""
        value = self.fields.get(name)
        if value is None:
            return default
        word = value.lower() if isinstance(value, str) else value
        if word is True or (isinstance(word, str) and word in _TRUE):
            return True
        if word is False or (isinstance(word, str) and word in _FALSE):
            return False
        raise bad(say("{field} must be true or false", field=name), name)

    def texts(self, name: str) -> list[str] | None:
        """Return a list of texts, None where it is absent; raises QuestionError.

        A query string joins them by commas.
        """
        value = self.fields.get(name)
        if value is None:
            return None
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise bad(say("{field} must be a list of strings", field=name), name)
        return [str(word) for word in words]

    def mapping(self, name: str, default: Manifest | None = None) -> Manifest:
        """Return a mapping; raises QuestionError where it is none, or absent with no default.

        A query string holds it as JSON.
        """
        value = self._json(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, dict):
            raise bad(say("{field} must be a mapping", field=name), name)
        return value

    def mappings(self, name: str) -> list[Manifest] | None:
        """Return a list of mappings, None where it is absent; raises QuestionError.

        A query string holds it as JSON.
        """
        value = self._json(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise bad(say("{field} must be a list of mappings", field=name), name)
        found = [item for item in value if isinstance(item, dict)]
        if len(found) != len(value):
            raise bad(say("{field} must be a list of mappings", field=name), name)
        return found

    def _json(self, name: str) -> JSON:
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        try:
            found: JSON = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            text = say("{field} is no JSON: {error}", field=name, error=str(error))
            raise bad(text, name) from error
        return found


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a question, as the API describes it; `choices` empty: any value."""

    name: str
    help: str
    type: FieldType = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `ask` is its name, `shape` the JSON schema of its answer.

    `reads` names the kinds that an answer is worked out from: who may not see all of them gets
    none. It is empty where the answer itself leaves out what its reader may not see. `is_long`
    tells that an answer takes seconds where the cluster is big: nobody should be kept waiting.
    """

    ask: str
    summary: str
    answer: Callable[[Asked, Given], Manifest]
    fields: tuple[Field, ...] = ()
    shape: Manifest | None = None
    reads: AbstractSet[str] = frozenset()
    is_long: bool = False
