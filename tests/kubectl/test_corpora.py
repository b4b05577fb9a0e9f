"""Real applications, applied by kubectl and uploaded: the same cluster comes of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.corpora.applications import Application, applications
from tests.kubectl.both_ways import (
    Applying,
    Beside,
    apply_all,
    asked,
    is_a_dump,
    upload_all,
    uploads_of,
)
from tests.kubectl.complaints import of_an_import, of_kubectl
from tests.kubectl.conftest import Netviz
from tests.kubectl.normal import Contents, differing
from tests.kubectl.programs import Kubectl, programs
from tests.kubectl.refused import ON_THE_SERVERS_SIDE, REFUSED

WAYS: dict[str, tuple[str, ...]] = {"client": (), "server": ("--server-side",)}
IN_CI = (
    "bookinfo-dualstack", "jaeger-legacy-production", "ingress-nginx-kind",
    "emojivoto-traffic-split", "npa-named-port", "recipe-09",
)  # fmt: skip
"""What a run without NETVIZ_KUBECTL_ALL tries: each is refused, or made, in a way of its own."""


def chosen() -> list[Application]:
    every = "NETVIZ_KUBECTL_ALL" in os.environ
    return [each for each in applications() if every or each.name in IN_CI]


@dataclass(frozen=True)
class Sides:
    """What every application came to, by its name: `said` and `applied` by way as well."""

    told: dict[str, list[str]]
    uploaded: dict[str, Contents]
    said: dict[tuple[str, str], list[str]]
    applied: dict[tuple[str, str], Contents]


@pytest.fixture(scope="module")
def sides(netviz: Netviz, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Upload and apply all that are chosen, each to clusters of its own."""
    found = list(programs())
    if not found and "CI" not in os.environ:
        pytest.skip("no kubectl 1.27 to 1.33 on this machine: scripts/kubectl.sh brings one")
    home = tmp_path_factory.mktemp("home")
    kubectl = Kubectl(found[-1], netviz.config, home, "", programs()[found[-1]], home)
    beside = Beside(netviz)
    try:
        yield both(beside, netviz, kubectl)
    finally:
        beside.close()


def both(beside: Beside, netviz: Netviz, kubectl: Kubectl) -> Sides:
    listed = {f"{number}": each for number, each in enumerate(chosen())}
    values = {each.name: asked(each) for each in listed.values()}
    uploading = {f"uploaded-{number}": each for number, each in listed.items()}
    applying = {
        f"{way}-{number}": Applying(each, files_of(each, way, kubectl.folder), options)
        for way, options in WAYS.items()
        for number, each in listed.items()
    }

    def contents(cluster: str, application: Application) -> Contents:
        found: Contents = beside.ask(contents=cluster, asked=values[application.name])
        return found

    refused = {name: frozenset(texts) for name, texts in REFUSED.items()}
    results = upload_all(beside, uploading, refused)
    said = apply_all(beside, netviz, kubectl, applying)
    return Sides(
        told={each.name: of_an_import(results[name]) for name, each in uploading.items()},
        uploaded={each.name: contents(name, each) for name, each in uploading.items()},
        said={
            (name.partition("-")[0], each.application.name): of_kubectl(said[name])
            for name, each in applying.items()
        },
        applied={
            (name.partition("-")[0], each.application.name): contents(name, each.application)
            for name, each in applying.items()
        },
    )


def files_of(application: Application, way: str, folder: Path) -> list[Path]:
    """Return the files to apply: as they are, or a dump on the server's side as uploaded."""
    if way == "client" or not is_a_dump(application):
        return list(application.files)
    written = []
    for upload in uploads_of(application, frozenset(REFUSED.get(application.name, ()))):
        written.append(folder / application.name / upload.name.replace("--", "/"))
        written[-1].parent.mkdir(parents=True, exist_ok=True)
        written[-1].write_bytes(upload.data)
    return written


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "application",
    chosen() or [pytest.param(None, marks=pytest.mark.skip("../shared/corpora is not here"))],
    ids=lambda found: found.name if found else "none",
)
def test_apply_makes_the_cluster_that_an_upload_makes(
    sides: Sides, application: Application, way: str
) -> None:
    name = application.name
    refused = REFUSED.get(name, {})
    if way == "server":
        refused = {} if is_a_dump(application) else refused | ON_THE_SERVERS_SIDE.get(name, {})

    assert set(sides.said[way, name]) == {*sides.told[name], *refused.values()}
    assert differing(sides.uploaded[name], sides.applied[way, name]) == []
