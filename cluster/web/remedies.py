"""The smallest change of a trace's step as lines of YAML: what stands there, and what would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cluster.machinery.manifest import Manifest
from cluster.machinery.meta import Key
from cluster.questions.plan.files import as_written, edited
from cluster.questions.question import QuestionError
from cluster.questions.trace.answer import Trace
from cluster.questions.trace.steps import Edit
from cluster.web.addresses import key_of
from cluster.web.history import difference
from cluster.web.manifest_yaml import Section


def keys_of(trace: Trace) -> list[Key]:
    """Return the objects that the steps of a trace name, each once."""
    return [*dict.fromkeys(key for text in _named(trace) if (key := key_of(text)) is not None)]


def _named(trace: Trace) -> Iterator[str]:
    for step in trace.steps:
        yield from (item.object for item in step.evidence)
        if step.smallest_change is not None:
            yield step.smallest_change.object


def lines_of(change: Edit, stored: Mapping[Key, Manifest]) -> tuple[Section, ...]:
    """Return the lines that a change takes away and adds, with those around; none if unknown."""
    key = key_of(change.object)
    manifest = stored.get(key) if key is not None else None
    if manifest is None:
        return ()
    before = as_written(manifest)
    try:
        after = edited(before, change.path, change.value, appended=change.appended)
    except QuestionError:
        return ()
    return tuple(difference(before, after))
