"""What OpenAPI needs to know of the resources that are served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Subresource(Protocol):
    """One subresource: its name, the kind it speaks and its verbs."""

    @property
    def name(self) -> str:
        """The last word of its address: `scale`."""

    @property
    def group(self) -> str:
        """The group of its kind."""

    @property
    def version(self) -> str:
        """The version of its kind."""

    @property
    def kind(self) -> str:
        """The kind of its bodies."""

    @property
    def verbs(self) -> Sequence[str]:
        """What can be done with it."""


class Resource(Protocol):
    """One resource of one group version."""

    @property
    def group(self) -> str:
        """Its group, empty for the core."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def kind(self) -> str:
        """The kind of its objects."""

    @property
    def plural(self) -> str:
        """The word in its address."""

    @property
    def namespaced(self) -> bool:
        """Whether its objects live in Namespaces."""

    @property
    def verbs(self) -> Sequence[str]:
        """What can be done with it."""

    @property
    def subresources(self) -> Sequence[Subresource]:
        """Its subresources."""
