"""Every open view of this process: each computed once per change, for all who look at it.

The flow: a replica takes in changes and tells the hub (from its own thread); the hub waits some
milliseconds for more of them, then passes over the cluster's views, one after the other, in a
worker thread (`drawing`); what came out is put into the outboxes of the members. Joining, and
falling behind, only mark a member as a newcomer: the next pass gives it a snapshot. All state of
the hub belongs to the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from cluster.live.drawing import Order, Pass, draw
from cluster.live.messages import Heartbeat, encode
from cluster.live.outbox import Outbox
from cluster.live.rights import Viewer
from cluster.live.source import Picture, Source
from cluster.live.topics import Topic
from cluster.machinery.errors import NotFound
from cluster.machinery.texts import say
from cluster.runtime.replica import Update

logger = logging.getLogger(__name__)

COALESCE_SECONDS = 0.03  # changes that come together are drawn together
HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 1.0
NO_REVISION = -1
REFUSED = say("You may not read this any more. Log in again.")


@dataclass(eq=False, slots=True)
class Member:
    """One socket that looks at a view; `refuse` closes it with a sentence."""

    viewer: Viewer
    outbox: Outbox
    refuse: Callable[[str], None]
    is_new: bool = True
    knows_it_is_gone: bool = False


@dataclass(eq=False, slots=True)
class View:
    """One view with its members; `sent` is the revision of the last message to all of them."""

    topic: Topic
    members: set[Member] = field(default_factory=set)
    picture: Picture | None = None
    sent: int = 0
    drawn: int = NO_REVISION

    @property
    def has_newcomers(self) -> bool:
        """Whether somebody waits for a snapshot."""
        return any(member.is_new for member in self.members)


@dataclass(eq=False, slots=True)
class Feed:
    """The views of one cluster, and the task that passes over them."""

    cluster: str
    views: dict[Topic, View] = field(default_factory=dict)
    revision: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Hub:
    """See the module."""

    def __init__(self, source: Source, executor: Executor) -> None:
        """Serve views of `source` on the running event loop; draw in `executor`."""
        self._loop = asyncio.get_running_loop()
        self._source = source
        self._executor = executor
        self._feeds: dict[str, Feed] = {}
        self._heart: asyncio.Task[None] | None = None
        source.tell(self._told)

    def join(self, topic: Topic, member: Member) -> None:
        """Let a member look at a view: it gets a snapshot soon, then what changes."""
        feed = self._feeds.get(topic.cluster)
        if feed is None:
            feed = self._feeds[topic.cluster] = Feed(topic.cluster)
            feed.task = asyncio.create_task(self._follow(feed))
        if self._heart is None:
            self._heart = asyncio.create_task(self._beat())
        feed.views.setdefault(topic, View(topic)).members.add(member)
        self.resync(topic, member)

    def resync(self, topic: Topic, member: Member) -> None:
        """Give a member a snapshot with the next pass."""
        member.is_new = True
        feed = self._feeds.get(topic.cluster)
        if feed is not None:
            feed.wake.set()

    def leave(self, topic: Topic, member: Member) -> None:
        """Forget a member, and whatever nobody looks at any more."""
        feed = self._feeds.get(topic.cluster)
        view = feed.views.get(topic) if feed is not None else None
        if feed is None or view is None:
            return
        view.members.discard(member)
        if not view.members:
            del feed.views[topic]
        if not feed.views:
            del self._feeds[feed.cluster]
            if feed.task is not None:
                feed.task.cancel()
        if not self._feeds and self._heart is not None:
            self._heart.cancel()
            self._heart = None

    @property
    def topics(self) -> list[Topic]:
        """The views that somebody looks at, sorted."""
        return sorted(topic for feed in self._feeds.values() for topic in feed.views)

    # changes

    def _told(self, update: Update) -> None:
        """Hear of a change, in whatever thread it was taken in."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, update.cluster, update.revision)

    def _note(self, cluster: str, revision: int) -> None:
        feed = self._feeds.get(cluster)
        if feed is not None:
            feed.revision = revision
            feed.changed.set()
            feed.wake.set()

    async def _follow(self, feed: Feed) -> None:
        while True:
            await feed.wake.wait()
            if feed.changed.is_set():
                await asyncio.sleep(COALESCE_SECONDS)
            feed.changed.clear()
            feed.wake.clear()
            try:
                await self._pass_over(feed)
            except Exception:
                logger.exception("the views of %s could not be drawn", feed.cluster)
                await asyncio.sleep(RETRY_SECONDS)
                feed.wake.set()

    async def _pass_over(self, feed: Feed) -> None:
        for view in list(feed.views.values()):
            if view.drawn != feed.revision or view.has_newcomers or view.picture is None:
                await self._refresh(feed, view)

    async def _refresh(self, feed: Feed, view: View) -> None:
        newcomers = {member for member in view.members if member.is_new}
        order = Order(
            view.topic,
            feed.revision,
            view.picture,
            view.sent,
            {member.viewer for member in view.members},
            {member.viewer for member in newcomers},
        )
        made = await self._loop.run_in_executor(self._executor, draw, self._source, order)
        if made.picture is None:
            view.drawn = order.at_least
        else:
            # What was told of while it was drawn is not in the picture: another pass draws that.
            view.drawn = made.picture.revision
            feed.revision = max(feed.revision, view.drawn)
            if made.delta is not None or view.sent == 0:
                view.sent = made.picture.revision
        view.picture = made.picture
        for member in list(view.members):
            is_late = member.is_new and member not in newcomers  # its turn is the next pass
            if not is_late and member.viewer in made.hidden:
                give(member, made, is_newcomer=member in newcomers)

    # heartbeats

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for feed in list(self._feeds.values()):
                await self._look_again(feed)
                for view in feed.views.values():
                    if view.picture is not None:
                        beat_for(view, view.picture)

    async def _look_again(self, feed: Feed) -> None:
        """Notice what no hint told: changes, and a cluster that is gone or was made anew."""
        try:
            revision = await self._loop.run_in_executor(
                self._executor, self._source.revision, feed.cluster
            )
        except NotFound:
            revision = NO_REVISION
        except Exception:
            logger.exception("the revision of %s could not be read", feed.cluster)
            return
        if revision != feed.revision:
            self._note(feed.cluster, revision)


def beat_for(view: View, picture: Picture) -> None:
    """Tell the members of a view that what they show is still true."""
    text = encode(Heartbeat(type="heartbeat", rev=picture.revision, time=picture.time))
    for member in view.members:
        if not member.is_new:
            member.outbox.put(text)


def give(member: Member, made: Pass, *, is_newcomer: bool) -> None:
    """Put into a member's outbox what a pass made for it."""
    hidden = made.hidden[member.viewer]
    if hidden is None:
        member.refuse(REFUSED)
    elif made.error:
        member.refuse(made.error)
    elif made.gone:
        if not member.knows_it_is_gone:
            member.outbox.put(made.gone)
        member.knows_it_is_gone = member.is_new = True  # what can follow is a snapshot
    elif is_newcomer or hidden:
        text = made.snapshots.get(hidden)
        if text is not None:
            member.is_new = member.knows_it_is_gone = False
            member.outbox.put(text)
    elif made.delta is not None:
        member.outbox.put(made.delta)
