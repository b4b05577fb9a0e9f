"""Paths into an object, and the field errors made at them.

Source: apimachinery `util/validation/field/{path,errors}.go`; semantics.md A-3 to A-5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cluster.machinery.errors import FieldError, FieldErrorType
from cluster.machinery.manifest import JSON


@dataclass(frozen=True, slots=True)
class Path:
    """A place in an object, printed as the apiserver prints it (`spec.ports[0].name`)."""

    text: str = ""

    def __truediv__(self, name: str) -> Path:
        """Return the member `name` below: `Path("spec") / "ports"`."""
        return _member(self.text, name)

    def __getitem__(self, index: int | str) -> Path:
        """Return a list element (`[0]`) or a map entry (`[key]`) below (A-5)."""
        return Path(f"{self.text}[{index}]")

    def __str__(self) -> str:
        """The path as text."""
        return self.text

    def required(self, detail: str = "") -> FieldError:
        """The field must be set."""
        return FieldError(FieldErrorType.REQUIRED, self.text, detail)

    def invalid(self, value: JSON, detail: str) -> FieldError:
        """The value breaks a rule, told by `detail`."""
        return FieldError(FieldErrorType.INVALID, self.text, detail, value)

    def not_supported(self, value: JSON, supported: Iterable[str]) -> FieldError:
        """The value is none of the `supported` ones; listed in the order given (A-4)."""
        words = ", ".join(f'"{word}"' for word in supported)
        return FieldError(
            FieldErrorType.NOT_SUPPORTED, self.text, f"supported values: {words}", value
        )

    def duplicate(self, value: JSON) -> FieldError:
        """The value stands in the list a second time."""
        return FieldError(FieldErrorType.DUPLICATE, self.text, "", value)

    def forbidden(self, detail: str) -> FieldError:
        """The field may not be set (now)."""
        return FieldError(FieldErrorType.FORBIDDEN, self.text, detail)

    def too_long(self, maximum: int) -> FieldError:
        """The value is longer than `maximum` bytes."""
        detail = f"may not be more than {maximum} bytes"
        return FieldError(FieldErrorType.TOO_LONG, self.text, detail)

    def too_many(self, count: int, maximum: int) -> FieldError:
        """The list has `count` items, more than `maximum`."""
        detail = f"must have at most {maximum} items"
        return FieldError(FieldErrorType.TOO_MANY, self.text, detail, count)

    def not_found(self, value: JSON) -> FieldError:
        """The value names something that does not exist."""
        return FieldError(FieldErrorType.NOT_FOUND, self.text, "", value)


@lru_cache(maxsize=4096)
def _member(text: str, name: str) -> Path:
    """Return the path of a member; most checks walk the same few, in every object."""
    return Path(f"{text}.{name}" if text else name)


SPEC = Path("spec")
METADATA = Path("metadata")
