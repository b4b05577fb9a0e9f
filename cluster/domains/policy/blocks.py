"""ipBlocks against the addresses of Pods: which addresses each block of a policy covers.

Equal blocks are one, with a number among the atoms. Members whose addresses are covered by the
same blocks share one `AddressSet`; a block that covers all members of a set changes the set in
place, so that "the whole internet" costs a look at each address and moves nobody.
Source: semantics.md H-18 to H-20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from cluster.domains.policy.atoms import NO_ATOMS
from cluster.domains.policy.policy import IPBlock
from cluster.machinery.addresses import (
    FAMILIES,
    WIDTHS,
    Family,
    Network,
    family_of,
    parse_address,
)

if TYPE_CHECKING:
    from cluster.domains.policy.classes import Cell, Member

# Addresses are kept in buckets as large as a Node's usual range of Pod addresses.
_BUCKET_BITS: dict[Family, int] = {"IPv4": 8, "IPv6": 64}

Located: TypeAlias = tuple[Family, int]  # an address as a number
_Key: TypeAlias = tuple[tuple[Family, ...], bool, frozenset[int], frozenset[int]]


class Block:
    """One ipBlock: the inclusive range of its cidr and those of its holes; `users` name it."""

    __slots__ = ("block", "family", "first", "holes", "last", "number", "users")

    def __init__(self, number: int, block: IPBlock) -> None:
        self.number = number
        self.block = block
        self.family = family_of(block.cidr)
        self.first, self.last = _bounds(block.cidr)
        # A hole of the other family is no hole (H-19).
        self.holes = [
            _bounds(hole) for hole in block.excepts if hole.version == block.cidr.version
        ]
        self.users = 0

    def covers(self, address: int) -> bool:
        """Whether an address of its family is in the block and in no hole."""
        if not self.first <= address <= self.last:
            return False
        return not any(first <= address <= last for first, last in self.holes)


class AddressSet:
    """What policies know of the addresses of some members.

    `families` are those with an address; `met` the numbers of the blocks that cover it, by
    family; a blind set is never covered. `cells` are the classes' cells that have it.
    """

    __slots__ = ("cells", "families", "is_blind", "met")

    def __init__(
        self, families: tuple[Family, ...], met: dict[Family, frozenset[int]], *, is_blind: bool
    ) -> None:
        self.families = families
        self.is_blind = is_blind
        self.met = met
        self.cells: set[Cell] = set()

    @property
    def key(self) -> _Key:
        """What distinguishes the set now."""
        return (self.families, self.is_blind, self.met["IPv4"], self.met["IPv6"])


class Blocks:
    """Every block of one cluster and the members it covers.

    `move` is called for each member whose set changes other than in place.
    """

    def __init__(self, move: Callable[[Member, AddressSet], None]) -> None:
        self.by_number: dict[int, Block] = {}
        self.sets: dict[_Key, AddressSet] = {}
        self._move = move
        self._known: dict[IPBlock, Block] = {}
        # By family and prefix length, then by network: one look-up per length there is.
        self._nets: dict[Family, dict[int, dict[int, list[Block]]]] = {"IPv4": {}, "IPv6": {}}
        self._buckets: dict[Family, dict[int, set[Member]]] = {"IPv4": {}, "IPv6": {}}

    # addresses

    def covering(self, family: Family, address: int) -> frozenset[int]:
        """Return the numbers of the blocks that cover an address."""
        found: list[int] = []
        for shift, nets in self._nets[family].items():
            blocks = nets.get(address >> shift)
            if blocks is not None:
                found += [block.number for block in blocks if block.covers(address)]
        return frozenset(found) if found else NO_ATOMS

    def set_of(
        self, located: Iterable[Located], families: tuple[Family, ...], *, is_blind: bool = False
    ) -> AddressSet:
        """Return the set for a member with these addresses; `families` are those it has."""
        return self._intern(families, self._met(located, is_blind=is_blind), is_blind=is_blind)

    def known_set(self, located: tuple[Located, ...]) -> AddressSet | None:
        """Return the set of members with such addresses, None where there is none."""
        families = tuple(family for family, _address in located)
        met = self._met(located, is_blind=False)
        return self.sets.get((families, False, met["IPv4"], met["IPv6"]))

    def apart(
        self, located: Iterable[Located], families: tuple[Family, ...], *, is_blind: bool
    ) -> AddressSet:
        """Return a set of its own for what is no member, as the blocks are now."""
        return AddressSet(families, self._met(located, is_blind=is_blind), is_blind=is_blind)

    def _met(self, located: Iterable[Located], *, is_blind: bool) -> dict[Family, frozenset[int]]:
        met = dict.fromkeys(FAMILIES, NO_ATOMS)
        if not is_blind:
            for family, address in located:
                met[family] = self.covering(family, address)
        return met

    def _intern(
        self, families: tuple[Family, ...], met: dict[Family, frozenset[int]], *, is_blind: bool
    ) -> AddressSet:
        key: _Key = (families, is_blind, met["IPv4"], met["IPv6"])
        found = self.sets.get(key)
        if found is None:
            found = self.sets[key] = AddressSet(families, met, is_blind=is_blind)
        return found

    def drop_if_unused(self, addresses: AddressSet) -> None:
        """Forget a set that no cell has any more."""
        if not addresses.cells:
            self.sets.pop(addresses.key, None)

    def cells_under(self, number: int) -> Iterator[Cell]:
        """Yield the cells of the members that a block covers."""
        family = self.by_number[number].family
        for addresses in self.sets.values():
            if number in addresses.met[family]:
                yield from addresses.cells

    # members

    def enter(self, member: Member) -> None:
        """File a member under its addresses."""
        for family, address in member.located:
            bucket = address >> _BUCKET_BITS[family]
            self._buckets[family].setdefault(bucket, set()).add(member)

    def leave(self, member: Member) -> None:
        """Undo `enter`."""
        for family, address in member.located:
            bucket = address >> _BUCKET_BITS[family]
            members = self._buckets[family][bucket]
            members.discard(member)
            if not members:
                del self._buckets[family][bucket]

    # blocks

    def acquire(self, block: IPBlock, number: Callable[[], int]) -> int:
        """Return the number of a block, made by `number` for a new one; one user more."""
        found = self._known.get(block)
        if found is None:
            found = Block(number(), block)
            self._known[block] = found
            self.by_number[found.number] = found
            shift = WIDTHS[found.family] - block.cidr.prefixlen
            nets = self._nets[found.family].setdefault(shift, {})
            nets.setdefault(found.first >> shift, []).append(found)
            self._cover(found)
        found.users += 1
        return found.number

    def release(self, number: int) -> None:
        """Take back one `acquire`; the last one removes the block."""
        block = self.by_number[number]
        block.users -= 1
        if block.users:
            return
        del self._known[block.block], self.by_number[number]
        shift = WIDTHS[block.family] - block.block.cidr.prefixlen
        lengths = self._nets[block.family]
        nets = lengths[shift]
        nets[block.first >> shift].remove(block)
        if not nets[block.first >> shift]:
            del nets[block.first >> shift]
        if not nets:
            del lengths[shift]
        self._uncover(block)

    def _cover(self, block: Block) -> None:
        """Add a new block to the sets of the members it covers; split sets it covers in part."""
        covered: dict[AddressSet, list[Member]] = {}
        for member in self._members_in(block):
            covered.setdefault(member.cell.addresses, []).append(member)
        for addresses, members in covered.items():
            met = addresses.met | {block.family: addresses.met[block.family] | {block.number}}
            if len(members) == sum(len(cell.members) for cell in addresses.cells):
                self._change(addresses, met)
                continue
            other = self._intern(addresses.families, met, is_blind=False)
            for member in members:
                self._move(member, other)

    def _uncover(self, block: Block) -> None:
        """Take a block out of every set; sets that become equal become one."""
        family, number = block.family, block.number
        for addresses in [held for held in self.sets.values() if number in held.met[family]]:
            met = addresses.met | {family: addresses.met[family] - {number} or NO_ATOMS}
            other = self.sets.get((addresses.families, False, met["IPv4"], met["IPv6"]))
            if other is None:
                self._change(addresses, met)
                continue
            del self.sets[addresses.key]
            for cell in tuple(addresses.cells):
                for member in tuple(cell.members):
                    self._move(member, other)

    def _change(self, addresses: AddressSet, met: dict[Family, frozenset[int]]) -> None:
        """Change a set in place: the mapping `met` stays the one that its classes know."""
        del self.sets[addresses.key]
        addresses.met.update(met)
        self.sets[addresses.key] = addresses

    def _members_in(self, block: Block) -> Iterator[Member]:
        """Yield the members that a block covers."""
        buckets, bits = self._buckets[block.family], _BUCKET_BITS[block.family]
        first, last = block.first >> bits, block.last >> bits
        if first == last:
            within: Iterable[set[Member]] = (buckets.get(first, set()),)
        else:
            within = [held for bucket, held in buckets.items() if first <= bucket <= last]
        for members in within:
            for member in members:
                if block.covers(member.address(block.family)):
                    yield member


def locate(texts: Iterable[str]) -> tuple[Located, ...]:
    """Return the first address of each family as numbers, IPv4 before IPv6.

    The texts are canonical, as Pods and Nodes keep them; what is no address is left out.
    """
    found: dict[Family, int] = {}
    for text in texts:
        family: Family = "IPv6" if ":" in text else "IPv4"
        number = _number(text)
        if number is not None:
            found.setdefault(family, number)
    return tuple((family, found[family]) for family in FAMILIES if family in found)


def _number(text: str) -> int | None:
    parts = text.split(".")
    if len(parts) == 4 and ":" not in text:  # noqa: PLR2004 - the bytes of an IPv4 address
        try:
            a, b, c, d = map(int, parts)
        except ValueError:
            return None
        return a << 24 | b << 16 | c << 8 | d
    address = parse_address(text)
    return None if address is None else int(address)


def _bounds(network: Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)
