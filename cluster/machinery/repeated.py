"""What the text of a document sets more than once, for field validation to judge.

Source: apimachinery `runtime/serializer/json/json.go`; apiserver `endpoints/handlers/rest.go`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repeated:
    """Members of JSON by their `paths`, keys of YAML by `lines` that say where.

    A line is go-yaml's: `line 5: key "name" already set in map`.
    """

    paths: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is set twice."""
        return bool(self.paths or self.lines)

    def warnings(self, unknown: Collection[str]) -> list[str]:
        """Return a text for each, around those of the `unknown` fields.

        A field that is both is told as unknown alone, as by the apiserver.
        """
        return [*self.lines, *self._fields(unknown)]

    def errors(self, unknown: Collection[str]) -> list[str]:
        """Return the same as a strict refusal lists it: all of YAML's lines are one error."""
        return [*([self.yaml_error] if self.lines else []), *self._fields(unknown)]

    @property
    def yaml_error(self) -> str:
        """The error of go-yaml's strict reading."""
        return "\n  ".join(["yaml: unmarshal errors:", *self.lines])

    def _fields(self, unknown: Collection[str]) -> Iterable[str]:
        yield from (f'unknown field "{path}"' for path in unknown)
        yield from (f'duplicate field "{path}"' for path in self.paths if path not in unknown)


NOTHING_REPEATED = Repeated()
