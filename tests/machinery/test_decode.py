"""Uploads to documents: streams, lists, archives, limits."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cluster.machinery.decode import Document, Problem, Upload, documents
from cluster.machinery.limits import Budget, Limits
from cluster.machinery.unreadable import Unreadable
from cluster.machinery.yaml_quick import Doubt, has_odd_characters, read_quick
from cluster.machinery.yaml_reader import read_checked

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n"
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}


def pod(name: str) -> str:
    return POD.format(name=name)


def decode(
    data: str | bytes, name: str = "a.yaml", limits: Limits | None = None
) -> list[Document]:
    upload = Upload(name, data.encode() if isinstance(data, str) else data)
    return list(documents([upload], limits or Limits.upload()))


def names(found: list[Document]) -> list[str]:
    """Return the object names, `-` for an empty document, `!` for one that cannot be read."""
    return [name_of(document) for document in found]


def name_of(document: Document) -> str:
    if document.problem is not None:
        return "!"
    if document.manifest is None:
        return "-" if document.empty else "?"
    metadata = document.manifest["metadata"]
    assert isinstance(metadata, dict)
    return str(metadata["name"])


def only_problem(found: list[Document]) -> Problem:
    (problem,) = [document.problem for document in found if document.problem is not None]
    return problem


STREAMS = [
    pytest.param(pod("a"), ["a"], id="one-document"),
    pytest.param("---\n" + pod("a") + "---\n" + pod("b"), ["a", "b"], id="two-documents"),
    pytest.param(pod("a") + "--- # next\n" + pod("b"), ["a", "b"], id="a-comment-after-the-mark"),
    pytest.param(pod("a") + "---   \n" + pod("b"), ["a", "b"], id="spaces-after-the-mark"),
    pytest.param("# licence\n\n---\n" + pod("a"), ["a"], id="comments-before-are-no-document"),
    pytest.param(pod("a") + "---\n# nothing\n---\n" + pod("b"), ["a", "-", "b"],
                 id="an-empty-document-is-counted"),
    pytest.param(pod("a") + "---\n", ["a", "-"], id="a-mark-at-the-end-begins-an-empty-one"),
    pytest.param(pod("a") + "---", ["a", "-"], id="a-mark-without-line-end"),
    pytest.param("null\n---\n" + pod("a"), ["-", "a"], id="null-is-an-empty-document"),
    pytest.param("", [], id="an-empty-file"),
    pytest.param("\n# nothing\n", [], id="a-file-of-comments"),
    pytest.param(pod("a") + "...\n---\n" + pod("b"), ["a", "b"], id="document-end-marks"),
    pytest.param("%YAML 1.1\n---\n" + pod("a"), ["a"], id="a-yaml-directive"),
    pytest.param("\ufeff" + pod("a"), ["a"], id="a-byte-order-mark"),
    pytest.param((pod("a") + "---\n" + pod("b")).replace("\n", "\r\n"), ["a", "b"],
                 id="lines-of-windows"),
    pytest.param(pod("a") + "data: |\n  x\n  ---\n  y\n---\n" + pod("b"), ["a", "b"],
                 id="an-indented-mark-is-text"),
    pytest.param(json.dumps(SERVICE), ["web"], id="one-json-object"),
    pytest.param(json.dumps(SERVICE, indent=2), ["web"], id="one-json-object-on-many-lines"),
    pytest.param(json.dumps(SERVICE) + "\n" + json.dumps(SERVICE) + "\n", ["web", "web"],
                 id="ndjson"),
    pytest.param(json.dumps(SERVICE, indent=1) * 3, ["web"] * 3, id="json-without-separators"),
    pytest.param(json.dumps(SERVICE) + "\n---\n" + pod("a"), ["web", "a"], id="json-then-yaml"),
    pytest.param(pod("a") + "---\n" + json.dumps(SERVICE), ["a", "web"], id="yaml-then-json"),
    pytest.param("{apiVersion: v1, kind: Pod, metadata: {name: a}}", ["a"],
                 id="a-flow-mapping-is-yaml"),
    pytest.param('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\\ud83d\\ude00"}}',
                 ["\U0001f600"], id="json-escapes-beyond-yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), STREAMS)
def test_a_file_is_cut_as_kubectl_cuts_it(text: str, expected: list[str]) -> None:
    assert names(decode(text)) == expected


def test_documents_know_their_place() -> None:
    text = "# licence\n---\n" + pod("a") + "---\n\n" + pod("b")

    found = decode(text, "dir/x.yaml")

    assert [(d.file, d.index, d.line) for d in found] == [
        ("dir/x.yaml", 0, 3),
        ("dir/x.yaml", 1, 8),
    ]
    assert found[1].text == "\n" + pod("b")


def test_json_documents_know_their_place() -> None:
    text = "\n" + json.dumps(SERVICE, indent=1) + "\n" + json.dumps(SERVICE) + "\n"

    assert [(d.index, d.line) for d in decode(text)] == [(0, 2), (1, 9)]


PROBLEMS = [
    pytest.param(pod("a") + "---\nkind: Pod\n\tx: 1\n---\n" + pod("b"), ["a", "!", "b"],
                 "yaml: found a tab character that violates indentation", 7, id="broken-yaml"),
    pytest.param(pod("a") + "---\na: 1\nb: 2\na: 3\n", ["a", "!"],
                 'yaml: key "a" already set in map', 8, id="a-key-set-twice"),
    pytest.param(pod("a") + "--- x\n" + pod("b") + "---\n" + pod("c"), ["a", "!", "c"],
                 "invalid Yaml document separator: x", 5, id="text-after-the-mark"),
    pytest.param("x: |\n-----BEGIN CERTIFICATE-----\n", ["!", "!"], None, 0,
                 id="dashes-that-should-be-indented"),
    pytest.param(pod("a") + "...\nx: 1\n---\n" + pod("b"), ["!", "b"],
                 "yaml: did not find expected <document start>", 6, id="text-after-the-end"),
    pytest.param("- a\n", ["!"],
                 "json: cannot unmarshal array into Go value of type map[string]interface {}", 1,
                 id="a-list-is-no-object"),
    pytest.param("just text\n", ["!"],
                 "json: cannot unmarshal string into Go value of type map[string]interface {}", 1,
                 id="a-text-is-no-object"),
    pytest.param("apiVersion: v1\n", ["!"], "Object 'Kind' is missing", 1, id="no-kind"),
    pytest.param("kind: Pod\n", ["!"], "Object 'apiVersion' is missing", 1, id="no-api-version"),
    pytest.param("apiVersion: 1\nkind: Pod\n", ["!"],
                 "json: cannot unmarshal number into Go struct field TypeMeta.apiVersion"
                 " of type string", 1, id="an-api-version-that-is-a-number"),
    pytest.param('{"apiVersion": "v1", "kind": "Pod", "spec": {"a": [{"b": 1, "b": 2}]}}', ["!"],
                 'json: duplicate field "spec.a[0].b"', 1, id="a-json-member-set-twice"),
    pytest.param('{"apiVersion": "v1", "kind": "Pod", "kind" : "X"}', ["!"],
                 'json: duplicate field "kind"', 1, id="a-json-member-set-twice-with-a-space"),
    pytest.param('{"apiVersion":"v1","kind":"Pod","a":"\\u0022:","kind":"X"}', ["!"],
                 'json: duplicate field "kind"', 1, id="a-json-member-set-twice-beside-an-escape"),
    pytest.param(f"{json.dumps(SERVICE)}\n{{broken\n{json.dumps(SERVICE)}\n", ["web", "!", "web"],
                 "json: Expecting property name enclosed in double quotes", 2,
                 id="a-broken-line-of-ndjson"),
    pytest.param(b"a: 1\nb: \xff\n", ["!"], "yaml: invalid UTF-8 octet sequence", 2,
                 id="bytes-that-are-no-utf-8"),
    pytest.param("a: 1\n".encode("utf-16"), ["!"], "file is UTF-16; manifests are UTF-8", 1,
                 id="utf-16"),
    pytest.param(b"a: \0\n", ["!"], "yaml: control characters are not allowed", 1, id="a-nul"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "message", "line"), PROBLEMS)
def test_what_cannot_be_read_is_reported_and_the_others_go_on(
    text: str | bytes, expected: list[str], message: str | None, line: int
) -> None:
    found = decode(text)

    assert names(found) == expected
    if message is not None:
        problem = only_problem(found)
        assert (problem.message, problem.line) == (message, line)


def test_a_list_becomes_its_items() -> None:
    text = "# dump\n" + yaml.safe_dump(
        {"apiVersion": "v1", "kind": "List", "items": [SERVICE, SERVICE | {"kind": "Pod"}]}
    )

    found = decode(text)

    assert names(found) == ["web", "web"]
    assert [(d.index, d.item, d.line) for d in found] == [(0, 0, 1), (0, 1, 1)]


def test_items_without_a_kind_get_it_from_their_list() -> None:
    items = [{"metadata": {"name": "a"}}, {"kind": "Node", "apiVersion": "v9"}]

    found = decode(json.dumps({"apiVersion": "v1", "kind": "PodList", "items": items}))

    assert [d.manifest for d in found] == [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}, items[1],
    ]  # fmt: skip


def test_lists_in_lists_are_expanded_too() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [SERVICE, "x"]}

    found = decode(json.dumps({"apiVersion": "v1", "kind": "List", "items": [SERVICE, inner]}))

    assert names(found) == ["web", "web", "!"]
    assert only_problem(found).field == "items[1].items[1]"


@pytest.mark.parametrize("items", [[], None])
def test_a_list_of_nothing_is_an_empty_document(items: object) -> None:
    (found,) = decode(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    assert found.empty


def test_a_generic_list_gives_its_items_no_kind() -> None:
    found = decode(json.dumps({"apiVersion": "v1", "kind": "List", "items": [{"metadata": {}}]}))

    assert only_problem(found).field == "items[0].kind"


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def tarred(files: dict[str, str], mode: str = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return packed.getvalue()


FILES = {"dir/a.yaml": pod("a"), "b.json": json.dumps(SERVICE), "read.me": "x", "c.yml": "\tx"}
ARCHIVES = [
    pytest.param("all.zip", zipped(FILES), id="zip"),
    pytest.param("all.tar", tarred(FILES), id="tar"),
    pytest.param("all.tar.gz", tarred(FILES, "w:gz"), id="tar.gz"),
    pytest.param("all.tgz", tarred(FILES, "w:gz"), id="tgz"),
    pytest.param("download", zipped(FILES), id="an-archive-by-any-name"),
]


@pytest.mark.parametrize(("name", "data"), ARCHIVES)
def test_an_archive_is_the_files_in_it(name: str, data: bytes) -> None:
    found = decode(data, name)

    assert names(found) == ["a", "web", "?", "!"]
    assert [d.file for d in found] == [
        f"{name}:dir/a.yaml", f"{name}:b.json", f"{name}:read.me", f"{name}:c.yml",
    ]  # fmt: skip
    assert "its name ends in none of" in found[2].notice


def test_members_that_are_no_files_or_another_systems_shadow_are_not_read() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        link = tarfile.TarInfo("link.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        folder = tarfile.TarInfo("dir.yaml")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    shadow = zipped({"__MACOSX/._a.yaml": "x"})

    assert names(decode(packed.getvalue(), "a.tar")) == ["?"]
    assert names(decode(shadow, "a.zip")) == ["?"]


BOMBS = [
    pytest.param("a.zip", zipped({"a.yaml": "#" * 5_000_000}), "200 times its size", id="zip"),
    pytest.param("a.tar.gz", tarred({"a.yaml": "#" * 5_000_000}, "w:gz"), "200 times its size",
                 id="tar.gz"),
    pytest.param("a.tar.gz", tarred({"skipped.bin": "#" * 5_000_000}, "w:gz"),
                 "200 times its size", id="skipped-members-count"),
    pytest.param("a.tar.gz", gzip.compress(b"#" * 5_000_000), "cannot be unpacked",
                 id="gzip-of-no-tar"),
    pytest.param("a.zip", b"PK\x03\x04" + b"x" * 50, "cannot be unpacked", id="a-broken-zip"),
    pytest.param("a.tgz", b"\x1f\x8b" + b"x" * 50, "cannot be unpacked", id="a-broken-gzip"),
    pytest.param("a.zip", b"apiVersion: v1", "is no .zip or .tar archive", id="no-zip-at-all"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "message"), BOMBS)
def test_an_archive_that_cannot_be_unpacked_within_limits_is_one_problem(
    name: str, data: bytes, message: str
) -> None:
    assert message in only_problem(decode(data, name)).message


def small(**changed: int) -> Limits:
    return dataclasses.replace(Limits.upload(), **changed)


def test_reading_ends_where_the_documents_of_an_upload_are_too_many() -> None:
    uploads = [Upload(name, (pod(name) + "---\n" + pod(name)).encode()) for name in "abc"]

    found = list(documents(uploads, small(documents=3)))

    assert names(found) == ["a", "a", "b", "!"]
    assert only_problem(found).message == "upload has more than 3 documents"


def test_reading_ends_where_an_upload_is_too_large() -> None:
    uploads = [Upload(name, pod(name).encode()) for name in "abc"]

    found = list(documents(uploads, small(total_bytes=len(pod("a")) + 1)))

    assert names(found) == ["a", "!"]


def test_an_archive_of_too_many_members_is_read_up_to_the_limit() -> None:
    data = zipped({f"{name}.yaml": pod(name) for name in "abc"})

    found = decode(data, "x.zip", small(members=2))

    assert names(found) == ["a", "b", "!"]


def test_a_document_that_is_too_large_is_refused_alone() -> None:
    text = pod("a") + "---\n" + pod("b") + f"data: {'x' * 500}\n---\n" + pod("c")

    assert names(decode(text, limits=small(document_bytes=200))) == ["a", "!", "c"]


def test_json_that_is_nested_too_deep_is_refused() -> None:
    nested = {"apiVersion": "v1", "kind": "X", "a": orjson.loads("[" * 200 + "]" * 200)}

    found = decode(json.dumps(nested))

    assert only_problem(found).message == "json: exceeded max depth of 200"


def test_a_trusted_load_takes_the_largest_supported_cluster() -> None:
    limits = Limits.trusted()

    assert limits.documents >= 188_000
    assert min(limits.total_bytes, limits.document_bytes) >= 160 * 2**20


LINES = [
    pod("a"), "---\n", "{}\n", "x: [\n", "\t", "...\n", "# c\n", "{", "- 1\n", "--- x\n", "\r\n",
    json.dumps(SERVICE) + "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(LINES)))
def test_reading_never_raises_and_keeps_its_lines_in_order(fragments: list[str]) -> None:
    text = "".join(fragments)

    found = decode(text)

    lines = [document.line for document in found]
    assert lines == sorted(lines)
    assert all(d.problem is None or d.manifest is None for d in found)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_raise(data: bytes) -> None:
    for name in ("a.yaml", "a.zip", "a.tar"):
        decode(data, name)
        decode(b"PK\x03\x04" + data, name)
        decode(b"\x1f\x8b\x08\x00" + data, name)


@pytest.fixture(scope="module")
def corpora() -> Path:
    """Return the folder of real manifests; only CI must have it."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "corpora"
    if not folder.is_dir() and not os.environ.get("CI"):
        pytest.skip("../shared/corpora is not here")
    return folder


def test_both_yaml_readers_agree_on_real_manifests(corpora: Path) -> None:
    quick = 0
    for file in sorted(corpora.rglob("*.y*ml")):
        for document in decode(file.read_bytes(), str(file)):
            if document.problem is not None or has_odd_characters(document.text):
                continue
            try:
                value = read_quick(document.text)
            except (Doubt, Unreadable):
                continue
            quick += 1
            assert value == read_checked(document.text, Budget(Limits.upload())), document.file

    assert quick > 200


def test_real_uploads_have_the_documents_they_are_known_to_have(corpora: Path) -> None:
    listed = yaml.safe_load((corpora / "corpora.yaml").read_text())["applications"]
    expected = yaml.safe_load((corpora / "expected.yaml").read_text())["applications"]

    found = {
        upload["name"]: counts(upload_of(corpora / upload["folder"], upload["paths"]))
        for upload in listed
        if upload["name"] in expected
    }

    assert found == {
        name: (facts["documents"], facts["empty_documents"])
        for name, facts in expected.items()
        if name in found
    }


def upload_of(folder: Path, paths: list[str]) -> list[Upload]:
    files: list[Path] = []
    for path in paths:
        place = folder / path
        inside = sorted(place.glob("*")) if place.is_dir() else [place]
        files += [file for file in inside if file.suffix in {".yaml", ".yml", ".json"}]
    return [Upload(str(file), file.read_bytes()) for file in files]


def counts(uploads: list[Upload]) -> tuple[int, int]:
    found = list(documents(uploads, Limits.upload()))
    empty = sum(document.empty for document in found)
    return len({(document.file, document.index) for document in found}) - empty, empty
