"""DNS messages: a query's bytes in, the answer's bytes out.

What the answer is comes from an `Answer`, which knows names and types and nothing of messages.
Here is the rest: headers, EDNS, what fits into a datagram, and queries that cannot be answered.
Sources: RFC 1035 section 4, RFC 6891 (EDNS), RFC 8914 (extended errors); the header flags are
those of CoreDNS, miekg/dns `defaults.go` SetReply.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.renderer
import dns.rrset

from cluster.domains.dns.response import Record, Response

logger = logging.getLogger(__name__)

HEADER_BYTES = 12
PLAIN_UDP_BYTES = 512  # RFC 1035 4.2.1: without EDNS
LARGEST_UDP_BYTES = 65_507  # of an IPv4 datagram's payload
LARGEST_TCP_BYTES = 65_535
OUR_UDP_BYTES = 1232  # DNS flag day 2020: what passes everywhere unfragmented
LONGEST_TEXT = 255  # bytes of one string of a TXT record
_META_TYPES = frozenset({dns.rdatatype.OPT, dns.rdatatype.TSIG, dns.rdatatype.TKEY})


class NotReady(Exception):
    """The zones cannot be read now; the text says why. Answered with SERVFAIL."""


Answer: TypeAlias = Callable[[str, str], Response]
"""From an absolute name (spelled as the client wrote it) and a type; raises NotReady."""


@dataclass(slots=True)
class _Reply:
    """What goes back, before it is cut to size."""

    query: dns.message.Message
    rcode: dns.rcode.Rcode
    flags: int = 0
    answer: Iterable[dns.rrset.RRset] = ()
    authority: Iterable[dns.rrset.RRset] = ()
    additional: Iterable[dns.rrset.RRset] = ()
    options: list[dns.edns.Option] = field(default_factory=list)


def reply(wire: bytes, answer: Answer, *, is_tcp: bool = False) -> bytes | None:
    """Return the answer to one message, cut to what its sender takes; None for no answer at all.

    No answer goes to what is too short to be a query or is an answer itself.
    """
    if len(wire) < HEADER_BYTES:
        return None
    flags = struct.unpack_from("!H", wire, 2)[0]
    if flags & dns.flags.QR:
        return None
    if dns.opcode.from_flags(flags) != dns.opcode.QUERY:
        return _header_alone(wire, flags, dns.rcode.NOTIMP)
    try:
        query = dns.message.from_wire(wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return _header_alone(wire, flags, dns.rcode.FORMERR)
    limit = _limit(query, is_tcp=is_tcp)
    try:
        return _render(_replied(query, answer), limit)
    except Exception:  # a bug in one answer, or data that no record can hold
        logger.exception("no answer to %s", [str(asked) for asked in query.question])
        return _render(_Reply(query, dns.rcode.SERVFAIL), limit)


def _header_alone(wire: bytes, flags: int, rcode: int) -> bytes:
    """Return a refusal that repeats nothing but the id, the opcode and RD."""
    kept = flags & (dns.opcode.to_flags(dns.opcode.from_flags(flags)) | dns.flags.RD)
    return wire[:2] + struct.pack("!HHHHH", kept | dns.flags.QR | rcode, 0, 0, 0, 0)


def _limit(query: dns.message.Message, *, is_tcp: bool) -> int:
    if is_tcp:
        return LARGEST_TCP_BYTES
    if query.edns < 0:
        return PLAIN_UDP_BYTES
    return min(max(query.payload, PLAIN_UDP_BYTES), LARGEST_UDP_BYTES)


def _replied(query: dns.message.Message, answer: Answer) -> _Reply:
    if query.edns > 0:
        return _Reply(query, dns.rcode.BADVERS)
    if len(query.question) != 1:
        return _Reply(query, dns.rcode.FORMERR)
    (asked,) = query.question
    if asked.rdtype in _META_TYPES:
        return _Reply(query, dns.rcode.FORMERR)
    if asked.rdclass != dns.rdataclass.IN:
        return _Reply(query, dns.rcode.REFUSED)
    name, type_ = text_of(asked.name), dns.rdatatype.to_text(asked.rdtype)
    try:
        return _answered(query, name, answer(name, type_))
    except NotReady as error:
        option = dns.edns.EDEOption(dns.edns.EDECode.NOT_READY, str(error))
        return _Reply(query, dns.rcode.SERVFAIL, options=[option])


def _answered(query: dns.message.Message, asked: str, found: Response) -> _Reply:
    # CoreDNS offers recursion with what it forwards, and not for its own zones.
    is_forwarded = not found.is_authoritative and found.rcode in {"NOERROR", "NXDOMAIN"}
    flags = dns.flags.AA if found.is_authoritative else 0
    name = query.question[0].name

    def sets(records: Iterable[Record]) -> list[dns.rrset.RRset]:
        return [
            dns.rrset.from_rdata(
                name if record.name == asked else _name(record.name),
                record.ttl,
                _rdata(record.type, record.data),
            )
            for record in records
        ]

    return _Reply(
        query,
        dns.rcode.from_text(found.rcode),
        flags | (dns.flags.RA if is_forwarded else 0),
        sets(found.answer),
        sets(found.authority),
        sets(found.additional),
    )


def text_of(name: dns.name.Name) -> str:
    """Return a name as text with its last dot.

    Bytes that no name of a cluster has (dots within a label, too) become `?`, one for one, so that
    lengths hold and nothing is found.
    """
    labels = [label.translate(_SPELLED).decode("ascii") for label in name.labels]
    return ".".join(labels) or "."


_SPELLED = bytes(
    code if 0x21 <= code <= 0x7E and chr(code) not in ".\\" else ord("?")  # noqa: PLR2004 - ASCII
    for code in range(256)
)


@lru_cache(maxsize=4096)
def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


@lru_cache(maxsize=16_384)
def _rdata(type_: str, data: str) -> dns.rdata.Rdata:
    text = data if type_ != "TXT" or data.startswith('"') else _quoted(data)
    return dns.rdata.from_text(dns.rdataclass.IN, type_, text, relativize=False)


def _quoted(text: str) -> str:
    """Return the strings of a TXT record that hold a text, in the notation of zone files."""
    raw = text.encode()
    pieces = [raw[at : at + LONGEST_TEXT] for at in range(0, len(raw), LONGEST_TEXT)] or [b""]
    return " ".join('"' + "".join(f"\\{code:03d}" for code in piece) + '"' for piece in pieces)


def _render(made: _Reply, limit: int) -> bytes:
    """Return the message; what does not fit is left out from the end, and TC says so."""
    query = made.query
    kept = query.flags & (dns.flags.RD | dns.flags.CD)
    flags = kept | dns.flags.QR | made.flags | (made.rcode & 0xF)
    renderer = dns.renderer.Renderer(query.id, flags, limit)
    options = _edns_bytes(made.options) if query.edns >= 0 else 0
    renderer.reserve(options)
    for asked in query.question[:1]:
        renderer.add_question(asked.name, asked.rdtype, asked.rdclass)
    if not _fill(renderer, made):
        renderer.flags |= dns.flags.TC
    renderer.release_reserved()
    if query.edns >= 0:
        extended = (made.rcode >> 4) << 24
        renderer.add_edns(
            0, extended | (query.ednsflags & dns.flags.DO), OUR_UDP_BYTES, made.options
        )
    renderer.write_header()
    wire: bytes = renderer.get_wire()
    return wire


def _fill(renderer: dns.renderer.Renderer, made: _Reply) -> bool:
    """Add record after record; False as soon as one does not fit."""
    sections = (
        (dns.renderer.ANSWER, made.answer),
        (dns.renderer.AUTHORITY, made.authority),
        (dns.renderer.ADDITIONAL, made.additional),
    )
    try:
        for section, sets in sections:
            for one in sets:
                renderer.add_rrset(section, one)
    except dns.exception.TooBig:
        return False
    return True


def _edns_bytes(options: Iterable[dns.edns.Option]) -> int:
    """Return the size of the OPT record: 11 bytes, and each option with 4 of its own."""
    return 11 + sum(4 + len(option.to_wire() or b"") for option in options)
