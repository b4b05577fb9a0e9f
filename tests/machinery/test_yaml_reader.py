"""One YAML document to its value, as Kubernetes' own reader has it.

The expected values of the tables were answered by sigs.k8s.io/yaml 1.4 (YAMLToJSON).
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.limits import Budget, Limits
from cluster.machinery.manifest import JSON
from cluster.machinery.unreadable import Unreadable
from cluster.machinery.yaml_quick import Doubt, has_odd_characters, read_quick
from cluster.machinery.yaml_reader import read, read_checked

SCALARS: list[tuple[str, JSON]] = [
    ("yes", True), ("Yes", True), ("y", True), ("on", True), ("TRUE", True), ("tRue", "tRue"),
    ("no", False), ("n", False), ("N", False), ("off", False), ("False", False),
    ("~", None), ("null", None), ("NULL", None), ("nUll", "nUll"), ("", None),
    ("0777", 511), ("0o17", 15), ("0O17", 15), ("-0o17", -15), ("0o8", "0o8"), ("00", 0),
    ("09", 9), ("08.5", 8.5), ("012e1", 120), ("0x1F", 31), ("0X1F", 31), ("-0x1F", -31),
    ("+0x1", 1), ("0xg", "0xg"), ("0x", "0x"), ("0b1", 1), ("0B1", 1), ("+1", 1), ("-0", 0),
    ("1_000", 1000), ("1__0", 10), ("1_", 1), ("_1", "_1"), ("1._5", 1.5), ("-_0", 0),
    ("1.0", 1), ("80.0", 80), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1.5", 1.5), ("0.0", 0),
    ("1e3", 1000), ("1e", "1e"), ("0.1e-5", 1e-6), ("1e400", "1e400"), ("1e21", 1e21),
    ("9223372036854775807", 2**63 - 1), ("9223372036854775808", float(2**63)),
    ("-9223372036854775809", float(-(2**63) - 1)),
    ("12345678901234567890123", 1.2345678901234568e22),
    ("1:20", "1:20"), ("2020-01-01", "2020-01-01"), ("10.0.0.1", "10.0.0.1"), (".", "."),
    ("nan", "nan"), ("=", "="), ("<<", "<<"), ("1 2", "1 2"), ("--- b", "--- b"), ("b#c", "b#c"),
    ("b #c", "b"), ("'it''s'", "it's"), ('"y"', "y"), ('"\\x41"', "A"), ("! 1", "1"),
    ("!!str 1", "1"), ("!!str 0777", "0777"), ('!!int "3"', 3), ("!!float 3", 3),
    ("!!bool yes", True), ("!!binary aGk=", "hi"), ("!!timestamp 2020-01-01", "2020-01-01"),
    ("[y, n]", [True, False]), ("[0777, 1_0]", [511, 10]), ("{y: n}", {"true": False}),
    ("[a, b, ]", ["a", "b"]), ("[b: c]", [{"b": "c"}]), ("{b: , c}", {"b": None, "c": None}),
    ("{b:c}", {"b:c": None}), ("|\n  x\n  y\n", "x\ny\n"), ("|-\n  x\n", "x"), ("|\n  x", "x"),
    (">\n  x\n  y\n\n  z\n", "x y\nz\n"), ("x\n  y", "x y"), ("x\ty", "x\ty"),
]  # fmt: skip

DOCUMENTS: list[tuple[str, JSON]] = [
    ("1: a", {"1": "a"}),
    ("true: a", {"true": "a"}),
    ("n: a", {"false": "a"}),
    ("0x10: a", {"16": "a"}),
    ("1.5: a", {"1.5": "a"}),
    ("2020-01-01: a", {"2020-01-01": "a"}),
    ("? |\n  x\n: y", {"x\n": True}),
    ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
    ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    ("<<: {b: 2}\nb: 1", {"b": 1}),
    ("b: 1\n<<: {b: 2}", {"b": 2}),
    ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 3", {"a": {"b": 1}, "c": {"b": 1, "d": 3}}),
    ("a:\n  <<: [{b: 1}, {b: 2, c: 3}]", {"a": {"b": 1, "c": 3}}),
    ("", None),
    ("# only a comment\n", None),
    ("- 1\n- a", [1, "a"]),
]

REFUSED = [
    pytest.param("a: 1\na: 2", 'yaml: key "a" already set in map', 2, "a", id="a-key-set-twice"),
    pytest.param("a:\n  - b: 1\n    c: 2\n    b: 3\n", 'yaml: key "b" already set in map', 4,
                 "a[0].b", id="a-key-set-twice-in-a-list"),
    pytest.param('yes: 1\n"true": 2', 'yaml: key "true" already set in map', 2, "true",
                 id="two-spellings-of-one-key"),
    pytest.param("a:\n\tb: 1", "yaml: found character that cannot start any token", 2, "",
                 id="a-tab-for-indentation"),
    pytest.param("x: 1\na: b: c", "yaml: mapping values are not allowed in this context", 2, "",
                 id="a-colon-in-a-plain-value"),
    pytest.param("x: 1\na: @b", "yaml: found character that cannot start any token", 2, "",
                 id="a-reserved-character"),
    pytest.param('x: 1\na: "b\nc: 1\n', "yaml: found unexpected end of stream", 2, "",
                 id="an-open-quote-blames-its-beginning"),
    pytest.param("a: .inf", "yaml: json: unsupported value: +Inf", 1, "", id="infinity"),
    pytest.param("a: -.Inf", "yaml: json: unsupported value: -Inf", 1, "", id="minus-infinity"),
    pytest.param("a: .nan", "yaml: json: unsupported value: NaN", 1, "", id="not-a-number"),
    pytest.param("a: \x07", "yaml: control characters are not allowed", 1, "", id="a-bell"),
    pytest.param("b: 1\na: \0", "yaml: control characters are not allowed", 2, "", id="a-nul"),
    pytest.param("~: 1", "yaml: unsupported map key of type: null", 1, "", id="a-null-key"),
    pytest.param("[1]: 2", "yaml: invalid map key: a mapping or a list cannot be a key", 1, "",
                 id="a-list-as-key"),
    pytest.param("a: *x", "yaml: unknown anchor 'x' referenced", 1, "", id="an-unknown-anchor"),
    pytest.param("a: &x [*x]", "yaml: anchor 'x' value contains itself", 1, "",
                 id="an-anchor-that-contains-itself"),
    pytest.param("a: !foo 1", "yaml: unknown tag !foo", 1, "", id="a-tag-of-ones-own"),
    pytest.param("a: !!python/object/apply:os.system [ls]",
                 "yaml: unknown tag !!python/object/apply:os.system", 1, "",
                 id="a-python-tag"),
    pytest.param("a: !!null x", "yaml: cannot decode !!str `x` as a !!null", 1, "",
                 id="a-value-that-does-not-fit-its-tag"),
    pytest.param("<<: 1", "yaml: map merge requires map or sequence of maps as the value", 1, "",
                 id="a-merge-of-no-mapping"),
    pytest.param("a: 1\n...\nb: 2", "yaml: did not find expected <document start>", 3, "",
                 id="text-after-the-end-of-the-document"),
]  # fmt: skip


def budget() -> Budget:
    return Budget(Limits.upload())


@pytest.mark.parametrize(("text", "expected"), SCALARS, ids=[repr(text) for text, _ in SCALARS])
def test_a_scalar_means_what_kubernetes_reads(text: str, expected: JSON) -> None:
    document = f"a: {text}"

    assert as_json(read(document, budget())) == as_json({"a": expected})
    assert as_json(read_checked(document, budget())) == as_json({"a": expected})


@pytest.mark.parametrize(
    ("text", "expected"), DOCUMENTS, ids=[repr(text) for text, _ in DOCUMENTS]
)
def test_a_document_means_what_kubernetes_reads(text: str, expected: JSON) -> None:
    assert as_json(read(text, budget())) == as_json(expected)


@pytest.mark.parametrize(("text", "message", "line", "field"), REFUSED)
def test_a_refusal_says_what_and_where(text: str, message: str, line: int, field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, budget())

    assert (refused.value.message, refused.value.line, refused.value.field) == (
        message, line, field,
    )  # fmt: skip


def test_an_alias_copies_so_that_one_place_can_change_without_the_other() -> None:
    value = read("a: &x {b: [1]}\nc: *x", budget())

    assert isinstance(value, dict)
    assert value["a"] == value["c"]
    assert value["a"] is not value["c"]


def test_ten_lines_of_aliases_do_not_become_a_billion_values() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]

    with pytest.raises(Unreadable, match="excessive aliasing"):
        read("\n".join(lines), budget())


def test_the_aliases_of_all_documents_are_counted_together() -> None:
    text = "a: &a [" + "x, " * 1000 + "]\nb: [" + "*a, " * 100 + "]"
    shared = budget()
    for _ in range(3):
        read(text, shared)

    with pytest.raises(Unreadable, match="excessive aliasing"):
        read(text, shared)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + "[" * 100_000, id="brackets"),
        pytest.param("a:\n" + "- " * 100_000 + "b", id="lists-on-one-line"),
        pytest.param("a:\n" + "-  " * 300 + "b", id="spaced-lists-on-one-line"),
        pytest.param("? " * 100_000 + "b", id="complex-keys"),
        pytest.param("".join(" " * i + "a:\n" for i in range(300)), id="indentation"),
        pytest.param(
            "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 300)),
            id="aliases",
        ),
    ],
)
def test_nesting_beyond_the_limit_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="exceeded max depth of 200"):
        read(text, budget())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: 1\nb:\n- c: d\n  e: [f, g]\n- h: {}\n", id="a-plain-manifest"),
        pytest.param("a: \"no\"\nb: '0777'\n", id="quoted-words"),
        pytest.param("a: é\n", id="letters-beyond-ascii"),
    ],
)
def test_what_both_read_alike_is_read_the_quick_way(text: str) -> None:
    assert read_quick(text) == read_checked(text, budget())


# Pieces that the two readers are known to read differently, and what surrounds them.
FRAGMENTS = [
    "yes", "no", "n", "Y", "off", "0777", "08", "+1", "-0x1F", "0b1", "0B1", "1_0", "-_0", "1.0",
    "1e3", "1e17", "1e400", ".inf", ".nan", "5.", "null", "~", "9223372036854775808", "<<", "=",
    "- ", "-", "--", "- - a", "[", "]", "{", "}", "[]", "{}", "[a]", "[a: b]", ", ", ": ", ":",
    "::", " :", ":\n", "\n", "\n  ", "\n\n", "  ", '"', "'", '""', "#", " #", "|", ">", "|-\n  x",
    "? ", "&a ", "*a", "!x ", "...", "\n...\n", "---", "%", "@", "`", "\\", "a", "b", "a: 1",
    "\na: 2", "\n  a: 1", "\n- a", "12:30", "2020-01-01", "é",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12))
def test_the_quick_way_never_differs_where_it_has_no_doubt(fragments: list[str]) -> None:
    text = "k: v\n" + "".join(fragments)
    if has_odd_characters(text):
        return
    try:
        value = read_quick(text)
    except Doubt:
        return

    assert as_json(value) == as_json(read_checked(text, budget()))


WORDS = st.from_regex(r"[a-z][a-z0-9.-]{0,8}", fullmatch=True)
TEXTS = WORDS | st.text(st.characters(exclude_categories=["C"], max_codepoint=0x7FF), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_rendered_is_read_back(manifest: dict[str, JSON]) -> None:
    text = render(manifest, 0) or "{}"

    assert read(text, budget()) == manifest
    assert read_checked(text, budget()) == manifest


def render(value: JSON, indent: int) -> str:
    """Return YAML in block style, words without quotes where they are nothing else."""
    pad = " " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{scalar(k)}:{below(v, indent)}" for k, v in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{below(item, indent)}" for item in value)
    return scalar(value) + "\n"


def below(value: JSON, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + render(value, indent + 2)
    return " " + render(value, indent)


def scalar(value: JSON) -> str:
    is_word = isinstance(value, str) and value.isalnum() and len(value) > 5
    return str(value) if is_word and str(value)[0].isalpha() else json.dumps(value)


def as_json(value: JSON) -> str:
    """Return the JSON text, in which 1, 1.0 and true differ."""
    return json.dumps(value)
