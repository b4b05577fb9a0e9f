"""Every atom, subject, namespace and label group of one cluster, kept in step by events.

Four indexes make an event cost what it alters: label groups by label, namespaces by label, and
the other way round pod selectors and namespace selectors by the label they require, so that new
labels are compared with the few selectors they could meet. Source: semantics.md H-22;
performance.md section 2b.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyroaring import BitMap

from cluster.domains.policy.atoms import (
    NO_ATOMS,
    Atom,
    Choice,
    LabelGroup,
    Scope,
    Space,
    Subject,
    key_of,
)
from cluster.domains.policy.ends import NAME_LABEL
from cluster.domains.policy.policy import EVERYTHING, Peer
from cluster.machinery.labelindex import LabelIndex, SelectorIndex
from cluster.machinery.selectors import Selector


class _Edit:
    """What one event adds to and drops from a label group."""

    __slots__ = ("peers_added", "peers_dropped", "selected_added", "selected_dropped")

    def __init__(self) -> None:
        self.selected_added: set[int] = set()
        self.selected_dropped: set[int] = set()
        self.peers_added: set[int] = set()
        self.peers_dropped: set[int] = set()


class AtomIndex:
    """See the module.

    An event alters groups through edits; `settle` ends it and tells which groups changed.
    """

    def __init__(self) -> None:
        self.spaces: dict[str, Space] = {}
        self.subjects: dict[int, Subject] = {}
        self.by_number: dict[int, Atom] = {}
        self._spaces: LabelIndex[Space] = LabelIndex()
        self._scopes: dict[Selector, Scope] = {}
        self._scope_index: SelectorIndex[Scope] = SelectorIndex()
        self._choices: dict[Selector, Choice] = {}
        self._choice_index: SelectorIndex[Choice] = SelectorIndex()
        self._groups: LabelIndex[LabelGroup] = LabelIndex()
        self._edits: dict[LabelGroup, _Edit] = {}
        self._serial = 0

    def next_number(self) -> int:
        """Return a number that no atom, subject or block ever had."""
        self._serial += 1
        return self._serial

    # namespaces

    def space(self, name: str) -> Space:
        """Return the namespace called `name`; an unknown one has its name label alone (H-17)."""
        found = self.spaces.get(name)
        if found is None:
            found = self.spaces[name] = Space(name)
            self._label(found, {NAME_LABEL: name})
        return found

    def imagined(self, name: str, labels: Mapping[str, str] | None) -> Space:
        """Return a namespace with `labels` (None: those it has) that nothing else knows of."""
        known = self.spaces.get(name)
        if labels is None and known is not None:
            return known
        space = Space(name)
        space.labels = {NAME_LABEL: name} if labels is None else labels
        own = space.own if known is None else known.own
        space.scopes = {own, *self._scope_index.selecting("", space.labels)}
        space.peers = {
            scope.atoms[EVERYTHING].number for scope in space.scopes if EVERYTHING in scope.atoms
        }
        return space

    def label_space(self, name: str, labels: Mapping[str, str] | None) -> None:
        """Take over a Namespace's labels; None: there is no such Namespace (any more)."""
        space = self.space(name)
        space.is_known = labels is not None
        self._label(space, {NAME_LABEL: name} if labels is None else labels)
        self.drop_if_unused(space)

    def drop_if_unused(self, space: Space) -> None:
        """Forget a namespace that no object names any more."""
        if space.is_known or space.groups or space.own.atoms or space.subjects:
            return
        for scope in space.scopes:
            scope.spaces.discard(space)
        self._spaces.remove(key_of("", space.name))
        self.spaces.pop(space.name, None)

    def _label(self, space: Space, labels: Mapping[str, str]) -> None:
        if space.labels == labels:
            return
        space.labels = labels
        self._spaces.put(key_of("", space.name), labels, space)
        scopes = {space.own, *self._scope_index.selecting("", labels)}
        for scope in space.scopes - scopes:
            scope.spaces.discard(space)
            for atom in scope.atoms.values():
                self._meet(atom, space, meets=False)
        for scope in scopes - space.scopes:
            scope.spaces.add(space)
            for atom in scope.atoms.values():
                self._meet(atom, space, meets=True)
        space.scopes = scopes

    # atoms

    def acquire(self, namespace: str, peer: Peer) -> int:
        """Return the number of the atom that a peer without ipBlock means, one user more."""
        selector = peer.pod_selector or EVERYTHING
        if peer.namespace_selector is None:
            scope = self.space(namespace).own
        else:
            scope = self._scope(peer.namespace_selector)
        atom = scope.atoms.get(selector)
        if atom is None:
            atom = Atom(self.next_number(), scope, selector)
            self.by_number[atom.number] = atom
            scope.atoms[selector] = atom
            self._choice(selector).atoms[scope] = atom
            self._meet_all(atom, meets=True)
        atom.users += 1
        return atom.number

    def release(self, number: int) -> None:
        """Take back one `acquire`; the last one removes the atom."""
        atom = self.by_number[number]
        atom.users -= 1
        if atom.users:
            return
        self._meet_all(atom, meets=False)
        scope = atom.scope
        del self.by_number[number], scope.atoms[atom.selector]
        choice = self._choices[atom.selector]
        del choice.atoms[scope]
        self._drop_choice(choice)
        if scope.atoms:
            return
        if scope.selector is None:
            for space in tuple(scope.spaces):
                self.drop_if_unused(space)
            return
        del self._scopes[scope.selector]
        self._scope_index.remove(scope.key)
        for space in scope.spaces:
            space.scopes.discard(scope)

    def _scope(self, selector: Selector) -> Scope:
        scope = self._scopes.get(selector)
        if scope is None:
            scope = Scope(selector, key_of("", str(self.next_number())))
            self._scopes[selector] = scope
            self._scope_index.put(scope.key, selector, scope)
            scope.spaces.update(self._spaces.select(selector))
            for space in scope.spaces:
                space.scopes.add(scope)
        return scope

    def _choice(self, selector: Selector) -> Choice:
        choice = self._choices.get(selector)
        if choice is None:
            choice = Choice(selector, key_of("", str(self.next_number())))
            self._choices[selector] = choice
            self._choice_index.put(choice.key, selector, choice)
        return choice

    def _drop_choice(self, choice: Choice) -> None:
        if not choice.atoms and not choice.subjects:
            del self._choices[choice.selector]
            self._choice_index.remove(choice.key)

    def _meet_all(self, atom: Atom, *, meets: bool) -> None:
        """Tell everything that meets an atom, or (not `meets`) that it is gone."""
        if atom.selector.is_everything:
            for space in atom.scope.spaces:
                self._meet(atom, space, meets=meets)
            return
        for group in self.groups_of(atom):
            self._edit_peers(group, atom.number, meets=meets)

    def _meet(self, atom: Atom, space: Space, *, meets: bool) -> None:
        """Tell what meets an atom in one namespace that enters or leaves its scope."""
        if atom.selector.is_everything:
            (space.peers.add if meets else space.peers.discard)(atom.number)
            return
        for group in self._groups.select(atom.selector, space.name):
            self._edit_peers(group, atom.number, meets=meets)

    def groups_of(self, atom: Atom) -> Iterator[LabelGroup]:
        """Yield the label groups whose Pods meet an atom."""
        spaces = atom.scope.spaces
        if atom.selector.is_everything:
            for space in spaces:
                yield from space.groups.values()
        elif len(spaces) <= 1:
            for space in spaces:
                yield from self._groups.select(atom.selector, space.name)
        elif len(spaces) == len(self.spaces):
            yield from self._groups.select(atom.selector)
        else:
            names = BitMap.union(*(self._numbers_in(space) for space in spaces))
            for number in self._groups.matching(atom.selector) & names:
                yield self._groups.at(number)

    def _numbers_in(self, space: Space) -> BitMap:
        return self._groups.matching(EVERYTHING, space.name)

    # subjects

    def subject(self, namespace: str, selector: Selector) -> Subject:
        """Return the subject of the policies of a namespace with this podSelector."""
        choice = self._choice(selector)
        found = choice.subjects.get(namespace)
        if found is None:
            space = self.space(namespace)
            found = choice.subjects[namespace] = Subject(self.next_number(), space, selector)
            self.subjects[found.number] = found
            space.subjects += 1
            for group in self._groups.select(selector, namespace):
                self._edit(group).selected_added.add(found.number)
        return found

    def drop_subject(self, subject: Subject) -> None:
        """Forget a subject that has no policy any more."""
        for group in self._groups.select(subject.selector, subject.space.name):
            self._edit(group).selected_dropped.add(subject.number)
        del self.subjects[subject.number]
        choice = self._choices[subject.selector]
        del choice.subjects[subject.space.name]
        self._drop_choice(choice)
        subject.space.subjects -= 1
        self.drop_if_unused(subject.space)

    # label groups

    def group(self, namespace: str, labels: Mapping[str, str]) -> LabelGroup:
        """Return the group of Pods with these labels, made where it is the first of its kind."""
        space = self.space(namespace)
        content = _content(labels)
        group = space.groups.get(content)
        if group is None:
            key = key_of(namespace, str(self.next_number()))
            group = space.groups[content] = LabelGroup(space, labels, key)
            self._groups.put(key, labels, group)
            group.selected, group.peers = self.met_by(space, labels)
        return group

    def known_group(self, namespace: str, labels: Mapping[str, str]) -> LabelGroup | None:
        """Return the group of Pods with these labels, None where there is none."""
        space = self.spaces.get(namespace)
        return None if space is None else space.groups.get(_content(labels))

    def drop_group(self, group: LabelGroup) -> None:
        """Forget a group that has no Pod any more."""
        space = group.space
        del space.groups[_content(group.labels)]
        self._groups.remove(group.key)
        self._edits.pop(group, None)
        self.drop_if_unused(space)

    def met_by(
        self, space: Space, labels: Mapping[str, str]
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Return the subjects and the atoms that a Pod with `labels` meets.

        Atoms that every Pod of the namespace meets are not among them.
        """
        selected: list[int] = []
        peers: list[int] = []
        for choice in self._choice_index.selecting("", labels):
            subject = choice.subjects.get(space.name)
            if subject is not None:
                selected.append(subject.number)
            if not choice.selector.is_everything:
                peers += [choice.atoms[scope].number for scope in _shared(choice, space)]
        return frozenset(selected) or NO_ATOMS, frozenset(peers) or NO_ATOMS

    # edits

    def _edit(self, group: LabelGroup) -> _Edit:
        found = self._edits.get(group)
        if found is None:
            found = self._edits[group] = _Edit()
        return found

    def _edit_peers(self, group: LabelGroup, number: int, *, meets: bool) -> None:
        edit = self._edit(group)
        (edit.peers_added if meets else edit.peers_dropped).add(number)

    def settle(self) -> Iterable[LabelGroup]:
        """Carry out the edits of an event; return the groups that meet other things now."""
        changed: list[LabelGroup] = []
        for group, edit in self._edits.items():
            selected = group.selected - edit.selected_dropped | edit.selected_added
            peers = group.peers - edit.peers_dropped | edit.peers_added
            if selected != group.selected or peers != group.peers:
                group.selected, group.peers = selected, peers
                changed.append(group)
        self._edits.clear()
        return changed


def _content(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return all keys in order, then their values: equal for equal labels, and small."""
    keys = sorted(labels)
    return (*keys, *[labels[key] for key in keys])


def _shared(choice: Choice, space: Space) -> Iterable[Scope]:
    """Return the scopes of a pod selector that hold a namespace, counting from the fewer."""
    if len(choice.atoms) <= len(space.scopes):
        return [scope for scope in choice.atoms if scope in space.scopes]
    return [scope for scope in space.scopes if scope in choice.atoms]
