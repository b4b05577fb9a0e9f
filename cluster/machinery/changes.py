"""What happened to one object between two revisions, as rules see it."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.machinery.kind import Object
from cluster.machinery.meta import Key


@dataclass(frozen=True, slots=True)
class Change:
    """`old` is None for a new object, `new` for a removed one; never both."""

    key: Key
    old: Object | None
    new: Object | None

    @property
    def versions(self) -> tuple[Object, ...]:
        """The versions there are, old before new: most rules treat them alike."""
        return tuple(version for version in (self.old, self.new) if version is not None)
