"""Applications brought into clusters of a running netviz in two ways, and what came of it.

One cluster takes the upload of the dashboard, another what kubectl applies. All applications go
together: the waits, and Django beside the server, are shared.
"""

from __future__ import annotations

import http.cookiejar
import json
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.catalog import KINDS
from cluster.machinery.decode import Document, Upload, documents
from cluster.machinery.limits import Limits
from cluster.questions import bootstrap
from cluster.questions.importing import IDENTITY, is_dump, node_named, nodes_named
from tests.corpora.applications import Application
from tests.kubectl.conftest import Netviz
from tests.kubectl.normal import Manifest
from tests.kubectl.programs import ROOT, Kubectl

AT_ONCE = 3  # processes of kubectl
BUILT_IN = frozenset({"", "default", "kube-system", "kube-public", "kube-node-lease"})
ADDRESSES = frozenset({
    "clusterIP", "clusterIPs", "loadBalancerIP", "externalIPs", "nodePort", "healthCheckNodePort",
})  # fmt: skip
"""Fields whose values, where a manifest names them, are no matter of chance."""


class Beside:
    """The program beside netviz, and the session of the user that it makes."""

    def __init__(self, netviz: Netviz) -> None:
        self._netviz = netviz
        self._base = f"http://127.0.0.1:{netviz.port}"
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.kubectl.beside"], cwd=ROOT, env=netviz.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies), _Staying
        )
        password = uuid.uuid4().hex
        user = self.ask(login=password)
        self._opener.open(f"{self._base}/login", timeout=60).close()
        self.post("/login", {"username": user, "password": password})

    def ask(self, **question: Any) -> Any:
        """Ask the program one question."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(question) + "\n")
        self._program.stdin.flush()
        return json.loads(self._program.stdout.readline())

    def post(self, path: str, fields: dict[str, str], files: tuple[Upload, ...] = ()) -> None:
        """Send a form of the dashboard and see it taken."""
        token = next(str(each.value) for each in self._cookies if each.name == "netviz_csrf")
        boundary = uuid.uuid4().hex
        body = b"".join(
            _part(boundary, f'name="{name}"', value.encode())
            for name, value in {**fields, "csrfmiddlewaretoken": token}.items()
        )
        body += b"".join(
            _part(boundary, f'name="file"; filename="{file.name}"', file.data) for file in files
        )
        request = urllib.request.Request(  # noqa: S310 - http above
            self._base + path, body + f"--{boundary}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": self._base},
        )  # fmt: skip
        try:
            with self._opener.open(request, timeout=60) as answer:
                raise AssertionError(f"{path} was not taken: {answer.read().decode()}")
        except urllib.error.HTTPError as error:
            assert error.code == 302, error.read().decode()  # noqa: PT017 - every end is looked at
            error.close()

    def make_cluster(self, name: str, application: Application) -> None:
        """Make a cluster with the families that an application needs."""
        families = {"is_dual_stack": "on"} if application.is_dual_stack else {}
        self.post("/clusters", {"name": name, "nodes": "3", "cluster_domain": "", **families})

    def close(self) -> None:
        """End the program."""
        self._program.communicate(timeout=20)


class _Staying(urllib.request.HTTPRedirectHandler):
    """Where a form leads to when it was taken is not loaded."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def _part(boundary: str, what: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {what}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def read(application: Application) -> list[Document]:
    """Return the documents of an application, lists taken apart."""
    uploads = (
        Upload(application.upload_name(file), file.read_bytes()) for file in application.files
    )
    return [each for each in documents(uploads, Limits.trusted()) if not each.empty]


def uploads_of(application: Application, refused: frozenset[str]) -> tuple[Upload, ...]:
    """Return the files to upload: as they are, or without what kubectl alone does not take.

    That are the documents of the objects in `refused`, what follows a broken document in its file
    (kubectl reads no further), and of a dump what an API server sets itself and ignores where it
    is sent.
    """
    listed = read(application)
    broken = {(each.file, each.index) for each in listed if each.problem and each.text.strip()}
    if not refused and not broken and not any(is_dump(each.manifest or {}) for each in listed):
        return tuple(
            Upload(application.upload_name(file), file.read_bytes()) for file in application.files
        )
    texts: dict[str, list[str]] = {}
    for each in listed:
        kept = texts.setdefault(each.file, [])
        if any(each.file == file and each.index > index for file, index in broken):
            continue
        if each.manifest is None:
            kept.append(each.text)
        elif called(each.manifest) not in refused:
            kept.append(json.dumps(without_identity(each.manifest)))
    return tuple(
        Upload(name, "\n".join(f"---\n{text}" for text in kept).encode())
        for name, kept in texts.items()
        if kept
    )


def is_a_dump(application: Application) -> bool:
    """Whether any of its objects was read from a running cluster."""
    return any(is_dump(each.manifest or {}) for each in read(application))


def called(manifest: Manifest) -> str:
    """Return what an object of a manifest is called here, `Service shop/web`."""
    meta = manifest.get("metadata") or {}
    return f"{manifest.get('kind')} {meta.get('namespace') or ''}/{meta.get('name')}".replace(
        " /", " "
    )


def without_identity(manifest: Manifest) -> Manifest:
    """Return a manifest without what an API server sets itself."""
    meta = {
        name: value for name, value in manifest.get("metadata", {}).items()
        if name not in IDENTITY | {"creationTimestamp"}
    }  # fmt: skip
    return {name: value for name, value in manifest.items() if name != "status"} | {
        "metadata": meta
    }


def is_dns_server(manifest: Manifest) -> bool:
    """Whether a Pod of a dump is one of its cluster's DNS servers."""
    meta = manifest.get("metadata") or {}
    return (
        is_dump(manifest) and manifest.get("kind") == "Pod"
        and meta.get("namespace") == bootstrap.DNS_SERVER.namespace
        and bootstrap.DNS_LABELS.items() <= (meta.get("labels") or {}).items()
    )  # fmt: skip


def namespaces_ahead(listed: list[Document]) -> list[str]:
    """Return the Namespaces that objects lie in before any document has made them."""
    made, missing = set(BUILT_IN), set[str]()
    for each in listed:
        manifest: dict[str, Any] = each.manifest or {}
        kind, meta = str(manifest.get("kind")), manifest.get("metadata") or {}
        if kind == "Namespace":
            made.add(str(meta.get("name")))
        elif kind in KINDS and KINDS[kind].api_version == manifest.get("apiVersion"):
            missing |= {str(meta.get("namespace") or "")} - made
    return sorted(missing)


def make_room(netviz: Netviz, cluster: str, listed: list[Document]) -> None:
    """Make by hand what an import makes by itself: Namespaces and Nodes that are only mentioned.

    And where a dump has DNS servers, the cluster's own make way.
    """
    manifests = [each.manifest for each in listed if each.manifest is not None]
    for name in namespaces_ahead(listed):
        netviz.post("/api/v1/namespaces", {"metadata": {"name": name}}, cluster)
    for name in nodes_named(manifests):
        netviz.post("/api/v1/nodes", bootstrap.node(name), cluster)
    if any(is_dns_server(manifest) for manifest in manifests):
        path = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
        netviz.post(path, {"gracePeriodSeconds": 0}, cluster, "DELETE")


def asked(application: Application) -> list[str]:
    """Return the addresses and ports that manifests name, and the Pods for which they name a Node.

    That is what no server gives by itself (`tests.kubectl.normal`).
    """
    manifests = [each.manifest for each in read(application) if each.manifest is not None]
    values = {value for manifest in manifests for value in _addresses(manifest)}
    return sorted(values | {called(each) for each in manifests if node_named(each)})


def _addresses(value: Any, *, is_one: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _addresses(below, is_one=name in ADDRESSES)
    elif isinstance(value, list):
        for below in value:
            yield from _addresses(below, is_one=is_one)
    elif is_one:
        yield str(value)


def upload_all(
    beside: Beside, chosen: dict[str, Application], refused: dict[str, frozenset[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Upload each application to the cluster of its key, and return what its import tells."""
    for name, each in chosen.items():
        beside.make_cluster(name, each)
        fields = {"cluster": name, "namespace": "default"}
        files = uploads_of(each, refused.get(each.name, frozenset()))
        if files:
            beside.post("/import", fields, files)
    assert beside.ask(settled=list(chosen)) == []
    for name in chosen:
        held = {result["id"] for result in beside.ask(results=name) if result["held"]}
        for job in held:
            beside.post(f"/import/{job}", {"choice": "keep"})
    assert beside.ask(settled=list(chosen)) == []
    return {name: beside.ask(results=name) for name in chosen}


@dataclass(frozen=True)
class Applying:
    """One `kubectl apply`: of an application's files, with options."""

    application: Application
    files: list[Path]
    options: tuple[str, ...]


def apply_all(
    beside: Beside, netviz: Netviz, kubectl: Kubectl, chosen: dict[str, Applying]
) -> dict[str, str]:
    """Apply to a new cluster of each key, some at once, and return what kubectl complains of."""
    for name, each in chosen.items():
        beside.make_cluster(name, each.application)
        make_room(netviz, name, read(each.application))

    def apply(name: str) -> str:
        files = [part for file in chosen[name].files for part in ("-f", str(file))]
        server = f"https://127.0.0.1:{netviz.https_port}/clusters/{name}"
        options = chosen[name].options
        return kubectl("--server", server, "apply", *options, *files, any_end=True).err

    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = dict(zip(chosen, pool.map(apply, chosen), strict=True))
    assert beside.ask(settled=list(chosen)) == []
    return said
