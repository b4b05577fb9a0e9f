"""The tabs of a page or of the drawer: which there are, and the one that is open."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its id, its word, the id of the panel it opens, and whether it is open."""

    id: str
    label: str
    panel: str
    is_selected: bool


def tabs_of(
    words: Mapping[str, str], wanted: str, panels: Mapping[str, str] | None = None
) -> list[Tab]:
    """Return the tabs of `words` (id to word) in their order.

    The first one is open where there is none called `wanted`. A tab opens the panel `v-<id>`, or
    the one that `panels` names for it.
    """
    chosen = wanted if wanted in words else next(iter(words))
    return [
        Tab(name, word, (panels or {}).get(name, f"v-{name}"), name == chosen)
        for name, word in words.items()
    ]
