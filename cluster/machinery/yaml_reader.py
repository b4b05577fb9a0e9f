"""One YAML document to one JSON value, as Kubernetes' own reader understands it.

Two ways to the same value. The checked way, here, builds it from libyaml's events and knows every
rule: duplicate keys, merge keys, aliases, tags, `yes` and `0777`; it also words all errors. The
quick way (`yaml_quick`) is taken for documents that need none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
import yaml

from cluster.machinery import yaml_scalars
from cluster.machinery.limits import Budget
from cluster.machinery.manifest import JSON, copy_value
from cluster.machinery.texts import say
from cluster.machinery.unreadable import Unreadable
from cluster.machinery.yaml_quick import Doubt, has_odd_characters, read_quick
from cluster.machinery.yaml_scalars import UnreadableScalar


def read(
    text: str, budget: Budget, *, is_plain: bool = False, repeated: list[str] | None = None
) -> JSON:
    """Return the value of the one document in `text`; None when there is nothing in it.

    `is_plain` says that the text is known to have no odd characters (`has_odd_characters`), which
    is cheaper to ask of a whole file. A key that is set twice is `Unreadable`, or, where there is
    a list for them, told in `repeated` in go-yaml's words; its last value counts then.
    Raises `Unreadable`.
    """
    if is_plain or not has_odd_characters(text):
        try:
            return read_quick(text)
        except Doubt:
            pass
    return read_checked(text, budget, repeated)


def read_checked(text: str, budget: Budget, repeated: list[str] | None = None) -> JSON:
    """Return the value of the one document in `text`, by every rule; raises `Unreadable`.

    `repeated` is as in `read`.
    """
    builder = _Builder(budget, repeated)
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    try:
        return builder.build(events)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is found at the end, and to be mended at its beginning.
        ended = error.problem == "found unexpected end of stream"
        mark = error.context_mark if ended else error.problem_mark
        line = mark.line + 1 if mark else None
        words = error.problem or "cannot be read"
        raise Unreadable(f"yaml: {words}", line=line, remedy=_remedy(words)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else None
        message = "yaml: control characters are not allowed"
        raise Unreadable(
            message, line=line, remedy=say("Remove the character that cannot be printed.")
        ) from None
    except UnreadableScalar as error:
        raise Unreadable(f"yaml: {error}", line=builder.line) from None


def _remedy(words: str) -> str:
    if "cannot start any token" in words or "tab character" in words:
        return say("Indent with spaces, never tabs; quote values that begin with @, ` or %.")
    if "mapping values are not allowed" in words:
        return say("Quote values that contain a colon and a space, and check the indentation.")
    if "could not find expected ':'" in words or "did not find expected key" in words:
        return say("Check the indentation of this line and the line before.")
    if "unexpected end of stream" in words or "did not find expected ',' or" in words:
        return say("Close what is opened here: the file may have been cut off.")
    if "<document start>" in words:
        return say("Begin the next document with ---.")
    return ""


_NO_KEY = object()
_MERGE = object()


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that is still open, begun in `line`.

    `again` is the key whose value comes next, where the mapping has it already.
    """

    value: dict[str, JSON] | list[JSON]
    anchor: str | None
    nodes_before: int
    line: int
    key: object = _NO_KEY
    again: object = _NO_KEY
    depth: int = 1
    merged: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A value that an alias can name, with its cost."""

    value: JSON
    nodes: int
    depth: int


class _Builder:
    """Builds the value of one document from parser events, bounded in depth and size."""

    def __init__(self, budget: Budget, repeated: list[str] | None) -> None:
        self._budget = budget
        self._repeated = repeated
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._root: JSON = None
        self.line = 1

    def build(self, events: Iterator[yaml.Event]) -> JSON:
        """Return the value of the first document; a second one is refused."""
        documents = 0
        for event in events:
            if event.start_mark is not None:
                self.line = event.start_mark.line + 1
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent):
                self._open({}, event)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._open([], event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "yaml: text after the end of the document is not read"
                    raise Unreadable(
                        message, line=self.line, remedy=say("Begin the next document with ---.")
                    )
        return self._root

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._nodes += 1
        tag = event.tag
        value: JSON
        if tag is None or tag == "!":
            plain = event.implicit[0] and tag is None
            if plain and event.value == "<<" and self._awaits_key():
                self._stack[-1].key = _MERGE
                return
            value = yaml_scalars.resolve(event.value) if plain else event.value
        else:
            value = yaml_scalars.resolve_tagged(tag, event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, 1, 0)
        self._add(value, 0, self.line)

    def _open(self, value: dict[str, JSON] | list[JSON], event: yaml.CollectionStartEvent) -> None:
        if not yaml_scalars.is_plain_collection_tag(event.tag):
            message = f"yaml: unknown tag {yaml_scalars.short_tag(event.tag or '')}"
            raise Unreadable(message, line=self.line, remedy=say("Remove the tag."))
        self._nodes += 1
        self._stack.append(_Frame(value, event.anchor, self._nodes - 1, self.line))
        self._check_depth(len(self._stack))

    def _close(self) -> None:
        frame = self._stack.pop()
        if frame.anchor is not None:
            nodes = self._nodes - frame.nodes_before
            self._anchors[frame.anchor] = _Anchored(frame.value, nodes, frame.depth)
        self._add(frame.value, frame.depth, frame.line)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        if any(frame.anchor == name for frame in self._stack) and name not in self._anchors:
            raise Unreadable(f"yaml: anchor '{name}' value contains itself", line=self.line)
        anchored = self._anchors.get(name)
        if anchored is None:
            raise Unreadable(f"yaml: unknown anchor '{name}' referenced", line=self.line)
        self._nodes += anchored.nodes
        self._check_depth(len(self._stack) + anchored.depth)
        if not self._budget.take_alias_nodes(anchored.nodes):
            message = "yaml: document contains excessive aliasing"
            raise Unreadable(message, line=self.line, remedy=say("Write the repeated values out."))
        self._add(copy_value(anchored.value), anchored.depth, self.line)

    def _add(self, value: JSON, depth: int, line: int) -> None:
        if not self._stack:
            self._root = value
            return
        frame = self._stack[-1]
        frame.depth = max(frame.depth, depth + 1)
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is _NO_KEY:
            frame.key = self._new_key(frame, frame.value, value)
        elif frame.key is _MERGE:
            frame.key = _NO_KEY
            for source in reversed(value) if isinstance(value, list) else (value,):
                self._merge(frame, frame.value, source)
        else:
            self._tell_again(frame, line)
            frame.value[str(frame.key)] = value
            frame.key = _NO_KEY

    def _awaits_key(self) -> bool:
        if not self._stack:
            return False
        frame = self._stack[-1]
        return isinstance(frame.value, dict) and frame.key is _NO_KEY

    def _new_key(self, frame: _Frame, members: dict[str, JSON], value: JSON) -> str:
        key = yaml_scalars.key_text(value)
        if key in members and self._repeated is not None:
            frame.again = value
        elif key in members:
            if key not in frame.merged:
                raise Unreadable(
                    f'yaml: key "{key}" already set in map',
                    line=self.line, field=self._path(key), remedy=say("Keep one of the two."),
                )  # fmt: skip
            frame.merged.discard(key)
        return key

    def _tell_again(self, frame: _Frame, line: int) -> None:
        """Tell of a key that was set before, as go-yaml does: in the line of its value.

        Source: go-yaml v2 `decoder.setMapIndex`; merged keys count as well.
        """
        if frame.again is not _NO_KEY and self._repeated is not None:
            shown = orjson.dumps(frame.again).decode()
            self._repeated.append(f"line {line}: key {shown} already set in map")
            frame.again = _NO_KEY

    def _merge(self, frame: _Frame, members: dict[str, JSON], source: JSON) -> None:
        """Take over the members of `source`; go-yaml lets them replace keys written before."""
        if not isinstance(source, dict):
            message = "yaml: map merge requires map or sequence of maps as the value"
            raise Unreadable(message, line=self.line)
        members.update(source)
        frame.merged.update(source)

    def _path(self, key: str) -> str:
        steps: list[str] = []
        for frame in self._stack[:-1]:
            if isinstance(frame.value, list):
                steps.append(f"[{len(frame.value)}]")
            else:
                steps.append(f".{frame.key}")
        return "".join([*steps, f".{key}"]).removeprefix(".")

    def _check_depth(self, depth: int) -> None:
        limit = self._budget.limits.depth
        if depth > limit:
            message = f"yaml: exceeded max depth of {limit}"
            raise Unreadable(message, line=self.line)
