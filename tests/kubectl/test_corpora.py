"""Real applications, applied by kubectl and uploaded: the same cluster comes of both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import count
from typing import Any

import pytest

from tests.corpora.applications import Application, applications
from tests.kubectl.conftest import Netviz
from tests.kubectl.programs import ROOT, Kubectl

CHOSEN = (
    (
        "online-boutique", "online-boutique-with-policies", "online-boutique-release", "bookinfo",
        "bookinfo-dualstack", "voting-app", "aks-store", "aks-store-ingress",
        "aks-store-kustomize-base", "guestbook", "guestbook-legacy", "guestbook-go", "cassandra",
        "argo-cd", "emojivoto", "gateway-api-conformance", "gateway-api-examples",
        "npa-named-port",
    )
    if "NETVIZ_KUBECTL_ALL" in os.environ
    else ("emojivoto",)
)  # fmt: skip
_numbers = count(1)
KINDS = "deploy,sts,ds,svc,ing,netpol,sa,job,cronjob,po"
OF_THE_SERVER = (
    "uid", "resourceVersion", "creationTimestamp", "managedFields", "generation",
    "ownerReferences",
)  # fmt: skip
REVISION = "deployment.kubernetes.io/revision"  # counts how often files said another thing
ALLOCATED = ("clusterIP", "clusterIPs", "healthCheckNodePort", "nodeName")


@pytest.mark.parametrize(
    "application",
    [found for found in applications() if found.name in CHOSEN]
    or [pytest.param(None, marks=pytest.mark.skip("../shared/corpora is not here"))],
    ids=lambda found: found.name if found else "none",
)
def test_apply_makes_the_cluster_that_an_upload_makes(
    newest: Kubectl, netviz: Netviz, application: Application
) -> None:
    kubectl = newest
    number = next(_numbers)
    uploaded, applied = f"uploaded-{number}", f"applied-{number}"
    files = [str(file) for file in application.files]
    for cluster, paths in ((uploaded, files), (applied, [str(ROOT / "tests/kubectl/empty.yaml")])):
        subprocess.run(
            [sys.executable, "-m", "netviz.cli", "load", *paths, "--cluster", cluster],
            cwd=ROOT, env=netviz.environment, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
    server = f"https://127.0.0.1:{netviz.https_port}/clusters"
    arguments = [part for file in files for part in ("-f", file)]
    for _turn in range(2):  # what lies in a Namespace that a later file makes
        kubectl(
            "--server", f"{server}/{applied}", "apply", *arguments,
            any_end=True,
        )  # fmt: skip

    wanted: Any = None
    found: Any = {}
    until = time.monotonic() + 20
    while wanted != found and time.monotonic() < until:
        wanted, found = (
            contents(
                kubectl("--server", f"{server}/{cluster}", "get", KINDS, "-A", "-o", "json").out
            )
            for cluster in (uploaded, applied)
        )
    assert found == wanted


def contents(text: str) -> list[Any]:
    """Return the objects of a list without what each server gives anew."""
    found = []
    for item in json.loads(text)["items"]:
        meta = {key: value for key, value in item["metadata"].items() if key not in OF_THE_SERVER}
        if "ownerReferences" in item["metadata"]:  # made by a controller: random names
            found.append([item["kind"], sorted(meta["labels"].items()), ready(item)])
            continue
        spec = {key: value for key, value in item.get("spec", {}).items() if key not in ALLOCATED}
        for port in spec.get("ports", []):
            port.pop("nodePort", None)
        annotations = meta.pop("annotations", {})
        for name in ("kubectl.kubernetes.io/last-applied-configuration", REVISION):
            annotations.pop(name, None)
        if item["kind"] == "Job":  # its selector and labels hold its uid
            spec.pop("selector", None)
            spec["template"] = spec["template"]["spec"]
            meta.get("labels", {}).pop("controller-uid", None)
        found.append([item["kind"], meta, annotations, spec])
    return sorted(found, key=json.dumps)


def ready(item: dict[str, Any]) -> list[str]:
    return [
        condition["status"] for condition in item["status"].get("conditions", ())
        if condition["type"] == "Ready"
    ]  # fmt: skip
