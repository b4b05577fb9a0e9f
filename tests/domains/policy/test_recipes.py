"""Well-known policies of others, with expectations worked out by hand (`../shared/corpora`).

Each probe imagines its Pods: only their labels, namespaces and ports are told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.domains.policy.engine import Triple
from tests.domains.policy.plain import Who
from tests.domains.policy.small import pod

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"
Raw = dict[str, Any]


def probes() -> list[Any]:
    if not CORPORA.exists():
        return []
    listed = yaml.safe_load((CORPORA / "corpora.yaml").read_text(encoding="utf-8"))
    return [
        pytest.param(upload, probe, id=f"{upload['name']}-{number}")
        for upload in listed["applications"]
        for number, probe in enumerate(upload.get("probes", ()))
    ]


def documents(upload: Raw) -> list[Raw]:
    """Return the policies and namespaces of an upload."""
    found: list[Raw] = []
    for path in upload["paths"]:
        target = CORPORA / upload["folder"] / path
        for file in sorted(target.rglob("*.y*ml")) if target.is_dir() else [target]:
            found += [
                item for item in yaml.safe_load_all(file.read_text(encoding="utf-8")) if item
            ]
    kept = [item for item in found if item["kind"] in {"NetworkPolicy", "Namespace"}]
    for item in kept:
        meta = item["metadata"]
        if item["kind"] == "NetworkPolicy":
            meta.setdefault("namespace", "default")
        else:
            meta["labels"] = {
                "kubernetes.io/metadata.name": meta["name"],
                **meta.get("labels", {}),
            }
    return kept


def imagined(triple: Triple, name: str, number: int, end: Raw | str) -> Who:
    if isinstance(end, str):
        return Who("IP", ip=end)
    ports = [{"containerPort": port["port"], **port} for port in end.get("ports", ())]
    made = pod(f"{end['ns']}/{name}", f"10.244.{number}.77", f"n{number}", ports=ports)
    made["metadata"]["labels"] = end.get("labels", {})
    triple.put(made)
    return Who("Pod", end["ns"], name)


@pytest.mark.parametrize(("upload", "probe"), probes())
def test_probe(upload: Raw, probe: Raw) -> None:
    items = documents(upload)
    triple = Triple(items)
    source = imagined(triple, "source", 1, probe["from"])
    target = imagined(triple, "target", 2, probe["to"])
    asked = (probe.get("protocol", "TCP"), probe["port"])

    assert list(triple.disagreements([source, target], [asked])) == []
    assert triple.verdict(source, target, *asked).allowed == (probe["expect"] == "yes")
