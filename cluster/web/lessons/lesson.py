"""What a lesson is made of: a cluster of its own, and steps that show something and ask.

An answer is never written down here: it is worked out from the lesson's cluster as it is when the
reader answers, so that a lesson stays right whatever the reader did to it. Texts are translated
where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise

from cluster.domains.workload.drills import ClientWrite
from cluster.machinery.manifest import Manifest
from cluster.questions.asked import Asked

Text = str | Promise
"""A sentence, translated or to be translated when it is shown."""

Form = Literal["one", "many", "number", "deed"]


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that a button of the lesson makes: what it says, and what it writes."""

    label: Text
    writes: Callable[[Asked], tuple[ClientWrite, ...]]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: the value that is compared, and what the reader reads."""

    value: str
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the reader.

    `form` says how it is answered: `one` or `many` of `options`, a `number`, or a `deed`, which
    asks the reader to change the cluster and is right as soon as `answer` says `done`; a button
    makes the change for readers who would rather watch. `answer` returns the right values, all of
    which have to be given; `because` one sentence that says why, shown once the reader has
    answered rightly. Both are asked of the cluster as it is. `hint` says after a wrong answer
    where to look, and not what to answer.
    """

    prompt: Text
    form: Form
    answer: Callable[[Asked], frozenset[str]]
    because: Callable[[Asked], Text]
    options: Callable[[Asked], list[Option]] = field(default=lambda _asked: [])
    deed: Deed | None = None
    hint: Text = ""


DONE = frozenset({"done"})
"""The answer of a deed that has been done."""
NOT_YET: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it says, the view it shows and, if it asks, its question.

    `view` and `of` name the view (`map` and the eight diagrams), `look` holds more parameters of
    its address: what is selected, found or hidden.
    """

    title: Text
    text: tuple[Text, ...]
    view: str
    of: str = ""
    look: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson; `slug` names its manifests (`lessons/<slug>.yaml`) and its cluster."""

    slug: str
    title: Text
    summary: Text
    minutes: int
    icon: str
    steps: tuple[Step, ...]
    settings: Manifest = field(default_factory=dict)

    @property
    def cluster(self) -> str:
        """The name of the lesson's own cluster."""
        return f"learn-{self.slug}"

    @property
    def questions(self) -> int:
        """How many steps ask something."""
        return sum(step.ask is not None for step in self.steps)
