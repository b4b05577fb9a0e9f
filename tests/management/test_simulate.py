"""`netviz simulate`: what manifests settle to, and what is said of those that do not."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
import yaml

from cluster.machinery.manifest import Manifest, mappings_at, text_at
from tests.management.running import BAD, LOST, UNKNOWN, WEB, Ran

Run = Callable[..., Ran]


def listed(ran: Ran) -> list[Manifest]:
    found: Manifest = orjson.loads(ran.out)
    assert (found["apiVersion"], found["kind"]) == ("v1", "List")
    return mappings_at(found, "items")


def kinds_in(ran: Ran) -> list[str]:
    return sorted({str(item["kind"]) for item in listed(ran)})


def service_names(ran: Ran) -> set[str | None]:
    return {text_at(item, "metadata", "name") for item in listed(ran)}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    file = tmp_path / "web.yaml"
    file.write_text(WEB, encoding="utf-8")
    return file


def test_yaml_is_a_stream_of_every_object(netviz: Run, web: Path) -> None:
    ran = netviz("simulate", web)

    documents = list(yaml.safe_load_all(ran.out))
    kinds = {document["kind"] for document in documents}
    assert (ran.code, ran.err) == (0, "")
    assert {"Namespace", "Node", "Service", "EndpointSlice", "Deployment", "ReplicaSet",
            "Pod"} <= kinds  # fmt: skip
    (service,) = (item for item in documents if item["metadata"]["name"] == "web"
                  and item["kind"] == "Service")  # fmt: skip
    assert service["spec"]["clusterIP"].startswith("10.96.")


def test_json_is_one_list_and_kinds_choose(netviz: Run, web: Path) -> None:
    ran = netviz("simulate", "-o", "json", "--kinds", "Pod,endpointslices", web)

    pods = [item for item in listed(ran) if item["kind"] == "Pod"]
    assert ran.code == 0
    assert kinds_in(ran) == ["EndpointSlice", "Pod"]
    assert all(text_at(pod, "status", "phase") == "Running" for pod in pods)
    assert len(pods) == 2


def test_what_it_prints_is_what_it_reads(netviz: Run, web: Path, tmp_path: Path) -> None:
    """A simulated cluster can be simulated again, and nothing is added to it."""
    first = netviz("simulate", web)
    dump = tmp_path / "dump.yaml"
    dump.write_text(first.out, encoding="utf-8")

    second = netviz("simulate", "-o", "json", "--kinds", "Pod,Service", dump)

    assert second.code == 0, second.err
    once = netviz("simulate", "-o", "json", "--kinds", "Pod,Service", web)
    assert service_names(second) == service_names(once)


def test_an_unknown_kind_of_the_option_is_a_mistake(netviz: Run, web: Path) -> None:
    assert netviz("simulate", "--kinds", "Pod,Widget", web) == Ran(
        2, "", "netviz simulate: --kinds: no kind 'Widget'\n"
    )


def test_refusals_name_file_line_object_and_field(netviz: Run, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(f"{WEB}---\n{BAD}---\n{UNKNOWN}---\nkind: [\n", encoding="utf-8")

    ran = netviz("simulate", "-o", "json", "--kinds", "Service", file)

    refused, unreadable, skipped = ran.told
    assert ran.code == 2
    assert "web" in service_names(ran)
    assert "bad" not in service_names(ran)
    assert refused.startswith(f"{file}:16: Service shop/bad: refused: ")
    assert "spec.ports[0].port: Invalid value: 70000" in refused
    assert unreadable.startswith(f"{file}:27: unreadable: ")
    assert skipped == (
        f'{file}:22: Widget gadget: skipped: no matches for kind "Widget" in version '
        '"example.com/v1"'
    )


def test_a_kind_that_is_not_served_is_no_mistake(netviz: Run) -> None:
    ran = netviz("simulate", "-", stdin=UNKNOWN)

    assert ran.code == 0
    assert "Widget gadget: skipped: " in ran.err


def test_no_control_character_reaches_the_terminal(netviz: Run) -> None:
    name = "evil\x1b]0;owned\x07\n\x9b31m\u202e"
    manifest: Manifest = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": {name: name}},
        "spec": {"type": name, "ports": [{"port": 80}]},
    }  # fmt: skip

    ran = netviz("simulate", "-", stdin=orjson.dumps(manifest).decode())

    assert ran.code == 2
    assert len(ran.told) == 1
    assert all(mark.isprintable() for mark in ran.told[0])


def test_a_directory_is_read_recursively_in_name_order(netviz: Run, tmp_path: Path) -> None:
    below = tmp_path / "apps" / "deep"
    below.mkdir(parents=True)
    (below / "web.yml").write_text(WEB, encoding="utf-8")
    (below / "notes.txt").write_text("kind: [", encoding="utf-8")
    (tmp_path / "apps" / "lost.json").write_text(
        orjson.dumps(yaml.safe_load(LOST)).decode(), encoding="utf-8"
    )

    ran = netviz("simulate", "-o", "json", "--kinds", "Service", tmp_path)

    assert (ran.code, ran.err) == (0, "")
    assert {"web", "lost"} <= service_names(ran)


def test_archives_are_read_and_other_members_are_told(netviz: Run, tmp_path: Path) -> None:
    packed = tmp_path / "web.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("apps/web.yaml", WEB)
        archive.writestr("README.md", "# no manifest")
    tar = tmp_path / "lost.tar.gz"
    with tarfile.open(tar, "w:gz") as bundle:
        info = tarfile.TarInfo("lost.yaml")
        info.size = len(LOST)
        bundle.addfile(info, io.BytesIO(LOST.encode()))

    ran = netviz("simulate", "-o", "json", "--kinds", "Service", packed, tar)

    assert ran.code == 0
    assert {"web", "lost"} <= service_names(ran)
    assert ran.told == [
        f"{packed}:README.md:1: not read: its name ends in none of .yaml .yml .json .ndjson"
    ]


def test_a_broken_archive_is_a_mistake(netviz: Run, tmp_path: Path) -> None:
    broken = tmp_path / "web.zip"
    broken.write_bytes(b"PK\x03\x04 nonsense")

    ran = netviz("simulate", broken)

    assert ran.code == 2
    assert ran.told[0].startswith(f"{broken}:1: unreadable: archive cannot be unpacked")


@pytest.mark.parametrize("text", ["", "---\n# nothing\n---\n", "\ufeff"])
def test_nothing_at_all_is_an_empty_cluster(netviz: Run, text: str) -> None:
    ran = netviz("simulate", "-o", "json", "-", stdin=text)

    assert (ran.code, ran.err) == (0, "")
    assert kinds_in(ran) == ["EndpointSlice", "Namespace", "Node", "Service"]


def test_a_missing_path_is_named(netviz: Run, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"

    assert netviz("simulate", missing) == Ran(
        2, "", f"netviz simulate: {missing}: no such file or directory\n"
    )


def test_objects_without_a_namespace_go_where_they_are_told(netviz: Run) -> None:
    ran = netviz(
        "simulate", "-o", "json", "--kinds", "Service", "--namespace", "team", "-",
        stdin=LOST.replace(", namespace: shop", ""),
    )  # fmt: skip

    spaces = {(text_at(i, "metadata", "namespace"), text_at(i, "metadata", "name"))
              for i in listed(ran)}  # fmt: skip
    assert ("team", "lost") in spaces


def test_dual_stack_gives_pods_two_addresses(netviz: Run, web: Path) -> None:
    ran = netviz("simulate", "-o", "json", "--kinds", "Pod", "--dual-stack", web)

    addresses = [len(mappings_at(pod, "status", "podIPs")) for pod in listed(ran)]
    assert addresses == [2, 2]


def test_equal_manifests_settle_to_equal_bytes(netviz: Run, web: Path) -> None:
    assert netviz("simulate", web) == netviz("simulate", web)


def test_paths_and_a_cluster_exclude_each_other(netviz: Run, web: Path) -> None:
    both = netviz("simulate", web, "--cluster", "demo")
    none = netviz("simulate")

    assert both == none == Ran(2, "", "netviz simulate: give paths, or --cluster with a name\n")
