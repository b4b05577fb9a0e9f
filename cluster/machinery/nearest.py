"""The nearest miss of a selector: which labels came closest to being selected.

"Selects nothing" is most often one letter or one key away from what was meant. The answer depends
only on which label maps there are, never on how many objects carry them or in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from cluster.machinery.selectors import Requirement, Selector
from cluster.machinery.texts import joined, say

_OTHER_KEY = 0.4  # the value stands under another key: closer than an unrelated value
_ABSENT = 1.0


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """How far one label map is from being selected; `found` is what it has instead."""

    distance: float
    found: tuple[str, ...]

    def __str__(self) -> str:
        """`app=web2, no label tier`."""
        return joined(", ", self.found)


def nearest(selector: Selector, candidates: Iterable[Mapping[str, str]]) -> Miss | None:
    """Return the smallest miss among `candidates`, None where none has anything in common.

    A candidate that is selected is no miss and is left out.
    """
    best: Miss | None = None
    seen: set[tuple[str | None, ...]] = set()
    keys = tuple(dict.fromkeys(requirement.key for requirement in selector.requirements))
    wanted = frozenset(value for part in selector.requirements for value in part.values)
    for labels in candidates:
        # Labels that the selector does not ask for matter only where they hold a wanted value.
        others = sorted(
            f"{key}={value}"
            for key, value in labels.items()
            if value in wanted and key not in keys
        )
        shape = (*(labels.get(key) for key in keys), *others)
        if shape in seen:
            continue
        seen.add(shape)
        miss = _measure(selector, labels)
        if miss is not None and (best is None or miss < best):
            best = miss
    return best


def _measure(selector: Selector, labels: Mapping[str, str]) -> Miss | None:
    """Return the miss of one label map; None where it is selected or has nothing in common."""
    unmet = [part for part in selector.requirements if not part.matches(labels)]
    parts = [_part(requirement, labels) for requirement in unmet]
    distance = sum(part[0] for part in parts)
    if not unmet or distance >= _ABSENT * len(selector.requirements):
        return None
    return Miss(round(distance, 6), tuple(part[1] for part in parts))


def _part(requirement: Requirement, labels: Mapping[str, str]) -> tuple[float, str]:
    """Return how far one requirement is from being met, and what there is instead."""
    key, actual = requirement.key, labels.get(requirement.key)
    if actual is not None:
        likeness = max((_likeness(value, actual) for value in requirement.values), default=0.0)
        return 0.9 - 0.8 * likeness, f"{key}={actual}"
    for other in sorted(labels):
        if labels[other] in requirement.values:
            return _OTHER_KEY, f"{other}={labels[other]}"
    return _ABSENT, say("no label {key}", key=key)


@lru_cache(maxsize=1 << 16)
def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
