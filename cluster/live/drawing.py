"""One pass over one view, in a worker thread: look, compare, encode once for everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cluster.live.messages import Gone, Snapshot, encode
from cluster.live.rights import Hidden, Viewer, hidden_from, sees
from cluster.live.source import Picture, Source
from cluster.live.topics import Topic
from cluster.machinery.errors import NotFound
from cluster.machinery.manifest import Manifest
from cluster.questions.views.request import BadParameter
from cluster.questions.withhold import withhold
from cluster.runtime.wording import ENGLISH, worded
from cluster.topology.diff import diff
from cluster.topology.rendering import to_json


@dataclass(frozen=True, slots=True)
class Order:
    """What a pass is to make.

    `picture` is the view as it was last drawn, None before the first; `sent` the revision of the
    last message; `newcomers` want a snapshot whatever happened.
    """

    topic: Topic
    at_least: int
    picture: Picture | None
    sent: int
    viewers: Collection[Viewer]
    newcomers: Collection[Viewer]


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass made.

    `hidden` tells what each viewer may not see (None: nothing may be sent). `delta` is for those
    who see everything, None where nothing changed; `snapshots` for newcomers, and for those from
    whom something is hidden. `gone` stands in their place where the view's object is missing,
    `error` where there can be no such view.
    """

    hidden: Mapping[Viewer, Hidden | None]
    picture: Picture | None = None
    delta: str | None = None
    snapshots: Mapping[Hidden, str] = field(default_factory=dict)
    gone: str = ""
    error: str = ""


def draw(source: Source, order: Order) -> Pass:
    """Carry out one pass; raises nothing that a view or its query can cause."""
    hidden = hidden_from(order.viewers)
    try:
        picture = source.draw(order.topic, order.at_least)
    except NotFound:
        return Pass(hidden, gone=encode(Gone(type="gone", rev=max(order.at_least, order.sent))))
    except BadParameter as error:
        return Pass(hidden, error=error.message)
    except ValueError as error:
        return Pass(hidden, error=str(error))
    delta = _delta(order, picture)
    wanted = {hidden.get(viewer) for viewer in order.newcomers}
    if delta is not None:
        wanted |= {kinds for kinds in hidden.values() if kinds}
    return Pass(hidden, picture, delta, _snapshots(source, order, picture, wanted))


def _delta(order: Order, picture: Picture) -> str | None:
    if order.picture is None:
        return None
    found = diff(
        order.picture.graph,
        picture.graph,
        previous=order.sent,
        revision=picture.revision,
        time=picture.time,
    )
    return None if found is None else encode(worded(found, order.topic.language or ENGLISH))


def _snapshots(
    source: Source, order: Order, picture: Picture, wanted: Collection[Hidden | None]
) -> dict[Hidden, str]:
    """Return the encoded view for each set of kinds that somebody may not see.

    A view is drawn for each of these sets: its counts and findings are no hint at the hidden.
    """
    made: dict[Hidden, str] = {}
    whole: Manifest | None = None
    for kinds in wanted:
        if kinds is None:
            continue
        if kinds:
            own = source.draw(order.topic, picture.revision, sees(kinds))
            made[kinds] = _encoded(_document(order.topic, own), own.revision, kinds)
            continue
        whole = whole or _document(order.topic, picture)
        made[kinds] = _encoded(whole, picture.revision, kinds)
    return made


def _document(topic: Topic, picture: Picture) -> Manifest:
    document = to_json(
        picture.graph, revision=picture.revision, time=picture.time, cluster=topic.cluster
    )
    return worded(document, topic.language or ENGLISH)


def _encoded(document: Manifest, revision: int, kinds: Hidden) -> str:
    shown, _left_out = withhold(document, sees(kinds))
    return encode(Snapshot(type="snapshot", rev=revision, graph=shown))
