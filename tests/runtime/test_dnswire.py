"""DNS messages: what comes back for any bytes, and what fits."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.domains.dns.response import Record, Response
from cluster.runtime.dnswire import NotReady, reply, text_of

NAME = "peers.shop.svc.cluster.local."
SOA = Record("cluster.local.", "SOA", 30, "ns.dns.cluster.local. h.cluster.local. 7 1 2 3 30")


def addresses(count: int) -> Response:
    """Return an authoritative answer with `count` records of 16 bytes each."""
    found = tuple(
        Record(NAME, "A", 30, f"10.244.{number // 250}.{number % 250}") for number in range(count)
    )
    return Response("NOERROR", found, is_authoritative=True)


def asked(
    name: str = NAME, type_: str = "A", *, size: int | None = None, **options: object
) -> bytes:
    """Return a query; with a `size`, by EDNS."""
    edns = {"use_edns": 0, "payload": size} if size is not None else {"use_edns": False}
    return dns.message.make_query(name, type_, **edns, **options).to_wire()  # type: ignore[arg-type]


def told(wire: bytes, answer: Response, *, is_tcp: bool = False) -> dns.message.Message:
    back = reply(wire, lambda _name, _type: answer, is_tcp=is_tcp)
    assert back is not None
    return dns.message.from_wire(back)


def count(message: dns.message.Message) -> int:
    return sum(len(found) for found in message.answer)


def test_an_answer_of_the_zones_is_authoritative_and_offers_no_recursion() -> None:
    found = told(asked(), addresses(2))

    assert found.flags & dns.flags.QR
    assert found.flags & dns.flags.AA
    assert found.flags & dns.flags.RD, "as the client set it"
    assert not found.flags & dns.flags.RA
    assert [item.to_text() for item in found.answer[0]] == ["10.244.0.0", "10.244.0.1"]


def test_an_answer_from_upstream_offers_recursion() -> None:
    found = told(asked(), Response("NOERROR", (Record(NAME, "A", 5, "192.0.2.1"),)))

    assert found.flags & dns.flags.RA
    assert not found.flags & dns.flags.AA


def test_the_owner_keeps_the_spelling_of_the_question() -> None:
    name = "PeErS.shop.SVC.cluster.local."
    found = told(asked(name), Response("NOERROR", (Record(name, "A", 5, "10.0.0.1"),)))

    assert found.question[0].name.to_text() == name
    assert found.answer[0].name.to_text() == name


@pytest.mark.parametrize(
    ("size", "is_tcp", "kept", "is_cut"),
    [
        pytest.param(None, False, 29, True, id="512-bytes-without-edns"),
        pytest.param(100, False, 28, True, id="edns-below-512-counts-as-512"),
        pytest.param(1232, False, 73, True, id="the-clients-size"),
        pytest.param(4096, False, 100, False, id="everything-fits"),
        pytest.param(None, True, 100, False, id="tcp-needs-no-edns"),
    ],
)
def test_an_answer_is_cut_to_the_clients_size_and_says_so(
    *, size: int | None, is_tcp: bool, kept: int, is_cut: bool
) -> None:
    wire = asked(size=size)
    back = reply(wire, lambda _name, _type: addresses(100), is_tcp=is_tcp)
    assert back is not None
    found = dns.message.from_wire(back)

    assert count(found) == kept
    assert bool(found.flags & dns.flags.TC) is is_cut
    assert is_tcp or len(back) <= max(size or 512, 512)


def test_what_no_message_can_hold_is_cut_over_tcp_too() -> None:
    found = told(asked(), addresses(5_000), is_tcp=True)

    assert found.flags & dns.flags.TC
    assert 4_000 < count(found) < 5_000


def test_edns_is_answered_only_where_it_was_asked_with() -> None:
    assert told(asked(size=1400), addresses(1)).edns == 0
    assert told(asked(), addresses(1)).edns == -1


def test_a_version_of_edns_that_we_do_not_know_is_bad() -> None:
    query = dns.message.make_query(NAME, "A")
    query.use_edns(1)
    found = told(query.to_wire(), addresses(1))

    assert found.rcode() == dns.rcode.BADVERS
    assert found.edns == 0


@pytest.mark.parametrize(
    ("name", "type_", "rdclass", "rcode"),
    [
        ("version.bind.", "TXT", dns.rdataclass.CH, dns.rcode.REFUSED),
        (NAME, "A", dns.rdataclass.ANY, dns.rcode.REFUSED),
        (NAME, "TKEY", dns.rdataclass.IN, dns.rcode.FORMERR),
    ],
)
def test_other_classes_and_meta_types_are_not_answered(
    name: str, type_: str, rdclass: dns.rdataclass.RdataClass, rcode: dns.rcode.Rcode
) -> None:
    found = told(asked(name, type_, rdclass=rdclass), addresses(1))

    assert found.rcode() == rcode
    assert not found.answer


@pytest.mark.parametrize("opcode", [dns.opcode.STATUS, dns.opcode.NOTIFY, dns.opcode.UPDATE])
def test_anything_but_a_query_is_not_implemented(opcode: dns.opcode.Opcode) -> None:
    query = dns.message.make_query(NAME, "A")
    wire = bytearray(query.to_wire())
    wire[2] |= opcode << 3
    back = reply(bytes(wire), lambda _name, _type: addresses(1))

    assert back is not None
    assert back[:2] == bytes(wire[:2])
    assert back[3] & 0xF == dns.rcode.NOTIMP
    assert (back[2] >> 3) & 0xF == opcode


@pytest.mark.parametrize("questions", [0, 2])
def test_a_query_has_one_question(questions: int) -> None:
    query = dns.message.make_query(NAME, "A")
    query.question = query.question * questions
    assert told(query.to_wire(), addresses(1)).rcode() == dns.rcode.FORMERR


def test_an_answer_is_not_answered() -> None:
    query = dns.message.make_query(NAME, "A")
    answer = dns.message.make_response(query).to_wire()

    assert reply(answer, lambda _name, _type: addresses(1)) is None


def test_zones_that_cannot_be_read_are_a_server_failure_with_its_reason() -> None:
    def not_ready(_name: str, _type: str) -> Response:
        raise NotReady("no cluster called demo")

    back = reply(asked(size=1232), not_ready)
    assert back is not None
    found = dns.message.from_wire(back)

    assert found.rcode() == dns.rcode.SERVFAIL
    (option,) = found.options
    assert isinstance(option, dns.edns.EDEOption)
    assert option.text == "no cluster called demo"


def test_data_that_no_record_can_hold_is_a_server_failure() -> None:
    found = told(asked(), Response("NOERROR", (Record(NAME, "A", 30, "not an address"),)))

    assert found.rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize(
    ("data", "strings"),
    [
        ("plain words", (b"plain words",)),
        ('"quoted words"', (b"quoted words",)),
        ("é", ("é".encode(),)),
        ("x" * 300, (b"x" * 255, b"x" * 45)),
        ("", (b"",)),
    ],
)
def test_text_stands_in_strings_of_at_most_255_bytes(data: str, strings: tuple[bytes]) -> None:
    found = told(asked(NAME, "TXT"), Response("NOERROR", (Record(NAME, "TXT", 5, data),)))

    assert found.answer[0][0].strings == strings


def test_a_name_without_records_carries_the_soa() -> None:
    found = told(asked(), Response("NXDOMAIN", (), (SOA,), is_authoritative=True))

    assert found.rcode() == dns.rcode.NXDOMAIN
    assert found.authority[0].rdtype == dns.rdatatype.SOA
    assert found.authority[0][0].mname.to_text() == "ns.dns.cluster.local."


def test_bytes_that_no_name_of_a_cluster_has_stay_within_their_label() -> None:
    name = dns.name.Name([b"a.b", b"c\\d", b"\xff\n", b"x-Y_1", b""])

    assert text_of(name) == "a?b.c?d.??.x-Y_1."
    assert text_of(dns.name.root) == "."


@given(st.binary(max_size=64))
def test_any_bytes_are_answered_with_a_message_or_with_nothing(wire: bytes) -> None:
    back = reply(wire, lambda _name, _type: addresses(1))

    if back is not None:
        assert back[:2] == wire[:2]
        assert dns.message.from_wire(back).flags & dns.flags.QR


@given(st.binary(min_size=1, max_size=40), st.integers(0, 60))
def test_a_query_with_a_byte_changed_never_fails(noise: bytes, at: int) -> None:
    wire = asked(size=1232)
    spoiled = wire[:at] + noise + wire[at + len(noise) :]

    back = reply(spoiled, lambda name, _type: Response("NOERROR", (Record(name, "A", 1, "::"),)))

    assert back is None or len(back) >= 12


@given(st.integers(0, 400), st.integers(0, 5_000))
def test_a_cut_answer_never_exceeds_the_clients_size(records: int, size: int) -> None:
    back = reply(asked(size=size), lambda _name, _type: addresses(records))
    assert back is not None
    found = dns.message.from_wire(back)

    assert len(back) <= max(size, 512)
    assert bool(found.flags & dns.flags.TC) is (count(found) < records)
