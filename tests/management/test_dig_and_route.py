"""`netviz dig` and `netviz route`: what they print, and the exit codes a pipeline reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
import yaml

from cluster import store
from cluster.machinery.manifest import JSON, Manifest
from cluster.management.commands.dig import split
from cluster.questions.session import answer_line
from cluster.runtime import replica
from netviz.cli import main

WEB = "web.shop.svc.cluster.local"


class Printed(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Printed]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command of netviz in this process."""

    def command(*words: str) -> Printed:
        code = 0
        try:
            main(list(words))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        out, err = capfd.readouterr()
        return Printed(code, out, err)

    return command


def objects() -> list[JSON]:
    """Return a Service with a Pod, one without, and an Ingress to both."""
    backends: list[Manifest] = [
        {
            "path": f"/{name}",
            "pathType": "Prefix",
            "backend": {"service": {"name": name, "port": {"number": 80}}},
        }
        for name in ("web", "idle")
    ]
    return [
        made("Service", "web", clusterIP="10.96.5.5", selector={"app": "web"}),
        made("Service", "idle", clusterIP="10.96.5.6", selector={"app": "idle"}),
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "example/main"}]},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "site", "namespace": "shop"},
            "spec": {"rules": [{"host": "shop.test", "http": {"paths": [*backends]}}]},
        },
    ]


def made(kind: str, name: str, **spec: JSON) -> Manifest:
    meta: Manifest = {"name": name, "namespace": "shop"}
    ports: list[JSON] = [{"name": "http", "port": 80}]
    return {"apiVersion": "v1", "kind": kind, "metadata": meta, "spec": {**spec, "ports": ports}}


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Return the path of a folder of manifests."""
    (tmp_path / "shop.yaml").write_text(yaml.safe_dump_all(objects()), encoding="utf-8")
    return str(tmp_path)


def asked(question: Manifest) -> str:
    """Return the line that the command prints with `--format json`."""
    line = answer_line({"objects": objects(), "questions": [question]})
    answers = line["answers"]
    assert isinstance(answers, list)
    return orjson.dumps(answers[0]).decode() + "\n"


def test_dig_prints_an_answer_as_dig_does(run: Run, shop: str) -> None:
    done = run("dig", shop, WEB)

    assert done.code == 0
    assert ";; ->>HEADER<<- opcode: QUERY, status: NOERROR" in done.out
    assert f"{WEB}.  30  IN  A     10.96.5.5\n" in done.out
    assert done.err == ""


def test_dig_without_an_answer_ends_with_1_and_shows_the_authority(run: Run, shop: str) -> None:
    done = run("dig", shop, f"nobody.{WEB}", "A")

    assert done.code == 1
    assert "status: NXDOMAIN" in done.out
    assert ";; AUTHORITY SECTION:" in done.out


def test_dig_from_a_pod_shows_what_its_resolver_was_told_and_asked(run: Run, shop: str) -> None:
    done = run("dig", shop, "idle.shop", "--from", "shop/web-1")

    assert done.code == 0
    assert "; nameserver 10.96.0.10" in done.out
    first, second = "idle.shop.shop.svc.cluster.local.", "idle.shop.svc.cluster.local."
    assert done.out.index(first) < done.out.index(second)
    assert "10.96.5.6" in done.out


def test_dig_reads_the_type_short_answers_and_addresses(run: Run, shop: str) -> None:
    assert run("dig", shop, f"_http._tcp.{WEB}", "srv", "--short").out == f"0 100 80 {WEB}.\n"
    assert run("dig", shop, "-x", "10.96.5.5", "--short").out == f"{WEB}.\n"


def test_dig_prints_the_json_of_ask(run: Run, shop: str) -> None:
    question: Manifest = {"ask": "dns", "name": "web", "type": "A", "from": "shop/web-1"}

    done = run("dig", shop, "web", "A", "--from", "shop/web-1", "--format", "json")

    assert done == Printed(0, asked(question), "")


@pytest.mark.parametrize(
    ("words", "least", "expected"),
    [
        (["dir", "web"], 1, (["dir"], "web", "")),
        (["dir", "web", "A"], 1, (["dir"], "web", "A")),
        (["dir", "more", "web"], 1, (["dir", "more"], "web", "")),
        (["dir", "more", "web", "srv"], 1, (["dir", "more"], "web", "srv")),
        (["dir", "mx"], 1, (["dir"], "mx", "")),
        (["web"], 0, ([], "web", "")),
        (["web", "aaaa"], 0, ([], "web", "aaaa")),
        (["a"], 0, ([], "a", "")),
    ],
)
def test_the_last_word_is_the_type_if_a_name_and_paths_are_left(
    words: list[str], least: int, expected: tuple[list[str], str, str]
) -> None:
    assert split(words, least) == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dig",), "give a name"),
        (("dig", "web"), "give a name"),
        (("dig", "/nowhere", "web"), "no such file"),
        (("dig", "SHOP", "web", "--from", "shop/gone"), "from: "),
        (("dig", "SHOP", "web", "--type", "A B"), "type: "),
        (("dig", "SHOP", "-x", "web"), "is no address"),
        (("dig", "--cluster", "x", "SHOP", "web", "A"), "give paths, or --cluster"),
        (("route", "http://shop.test"), "give a URL"),
        (("route", "SHOP", "ftp://shop.test/"), "the scheme is one of"),
        (("route", "SHOP", "http://[bad/"), "http://[bad/"),
    ],
)
def test_what_cannot_be_asked_ends_with_2_and_says_why(
    run: Run, shop: str, words: tuple[str, ...], said: str
) -> None:
    done = run(*(shop if word == "SHOP" else word for word in words))

    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_a_refused_document_is_told_and_ends_with_2_after_the_answer(run: Run, shop: str) -> None:
    bad = Path(shop) / "zz.yaml"
    bad.write_text(yaml.safe_dump(made("Service", "Not_A_Name")), encoding="utf-8")

    done = run("dig", shop, WEB, "--short")

    assert done.code == 2
    assert done.out == "10.96.5.5\n"
    assert "zz.yaml:1: Service shop/Not_A_Name" in done.err


def test_route_names_the_rule_the_service_and_the_endpoints(run: Run, shop: str) -> None:
    done = run("route", shop, "http://shop.test/web/cart?id=1")

    assert done.code == 0
    assert done.out.startswith("http://shop.test/web/cart?id=1: 200 answered\n")
    assert "Ingress    shop/site spec.rules[0].http.paths[0]\n" in done.out
    assert "Service    shop/web port 80\n" in done.out
    assert ":80\n" in done.out.split("endpoints")[1]
    assert "[Ingress shop/site spec.rules[0].http.paths[0] = shop.test/web (Prefix)]" in done.out


@pytest.mark.parametrize(
    ("url", "status", "reason"),
    [
        ("http://shop.test/idle", "503", "no ready endpoint"),
        ("shop.test/nothing", "404", "its path does not match"),
        ("https://other.test/", "404", "No rule and no default backend"),
    ],
)
def test_route_ends_with_1_where_nobody_answers(
    run: Run, shop: str, url: str, status: str, reason: str
) -> None:
    done = run("route", shop, url)

    assert done.code == 1
    assert done.out.startswith(f"{url}: {status} ")
    assert reason in done.out


def test_route_prints_the_json_of_ask(run: Run, shop: str) -> None:
    question: Manifest = {
        "ask": "ingress", "scheme": "https", "method": "GET", "host": "shop.test", "path": "/web",
    }  # fmt: skip

    done = run("route", shop, "https://shop.test:8443/web", "--format", "json")

    assert done == Printed(0, asked(question), "")


def test_words_of_a_manifest_cannot_steer_the_terminal(run: Run, shop: str) -> None:
    done = run("route", shop, "http://shop.test/\x1b[31m")

    assert done.code == 1
    assert "\x1b" not in done.out


@pytest.mark.django_db(transaction=True)
def test_both_ask_a_stored_cluster_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica.replicas, "_replicas", {})  # one per test database
    store.make_cluster(name="stored", actor="tests")
    options = store.Options(mode="import", makes_namespaces=True)
    store.write_batch(cluster="stored", documents=objects(), actor="tests", options=options)

    found = run("dig", "--cluster", "stored", WEB, "--short")
    routed = run("route", "--cluster", "stored", "http://shop.test/web")
    missing = run("dig", "--cluster", "nothing", WEB)

    assert (found.code, found.out) == (0, "10.96.5.5\n")
    assert "Service    shop/web port 80" in routed.out
    assert missing.code == 2
    assert 'clusters "nothing" not found' in missing.err
