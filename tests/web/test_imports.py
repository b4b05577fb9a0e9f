"""Import by the form: from the upload to the sentence that closes it."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile

import orjson
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.manifest import Manifest
from cluster.runtime.imports import ImportRunner
from cluster.store import imports as jobs
from cluster.store import leases
from tests.web.conftest import EVIL, service

GOOD = orjson.dumps(service("good"))
BAD = b"""apiVersion: v1
kind: Service
metadata:
  name: bad
  namespace: shop
spec:
  ports:
  - port: 70000
"""
DEPLOYMENT: Manifest = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
    "spec": {
        "replicas": 4, "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "shop/web:1"}]},
        },
    },
}  # fmt: skip
UNKNOWN = b'{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}'


def send(client: Client, *files: bytes, **fields: str) -> str:
    """Send the form; returns the address of the import's page."""
    uploads = [SimpleUploadedFile(f"{number}.yaml", data) for number, data in enumerate(files)]
    response = client.post("/import", {"cluster": "demo", "file": uploads, **fields})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def run(cluster: str = "demo") -> None:
    """Do the engine's part."""
    leases.take(store.find_cluster(cluster), "me", seconds=60)
    runner = ImportRunner(cluster, "me")
    while runner.step():
        pass


def result(client: Client, address: str) -> str:
    """Return the sentence that an import's page ends with."""
    found = re.search(r'<b data-result="[^"]*">([^<]*)</b>', client.get(address).content.decode())
    assert found is not None
    return found[1]


def test_good_documents_go_in_and_nothing_is_left_to_choose(admin: Client, demo: str) -> None:
    address = send(admin, GOOD, UNKNOWN)
    run()

    text = admin.get(address).content.decode()
    assert result(admin, address) == "1 added · 0 updated · 1 skipped · 0 error"
    assert "Keep the good ones" not in text


def test_with_a_mistake_nothing_goes_in_before_someone_chooses(admin: Client, demo: str) -> None:
    before = store.revision_of("demo")
    address = send(admin, GOOD, BAD)
    run()

    text = admin.get(address).content.decode()
    assert result(admin, address) == "1 added · 0 updated · 0 skipped · 1 error"
    assert "Keep the good ones" in text
    assert "Discard all" in text
    assert store.revision_of("demo") == before


def test_keeping_the_good_ones_writes_them(admin: Client, demo: str) -> None:
    address = send(admin, GOOD, BAD)
    run()
    admin.post(address, {"choice": "keep"})
    run()

    assert result(admin, address) == "1 added · 0 updated · 0 skipped · 1 error"
    assert admin.get("/c/demo/o/Service/shop/good").status_code == 200
    assert "Keep the good ones" not in admin.get(address).content.decode()


def test_discarding_all_writes_none(admin: Client, demo: str) -> None:
    address = send(admin, GOOD, BAD)
    run()
    admin.post(address, {"choice": "discard"})
    run()

    assert admin.get("/c/demo/o/Service/shop/good").status_code == 404
    assert "Keep the good ones" not in admin.get(address).content.decode()


def test_a_mistake_shows_its_field_and_the_line_to_blame(admin: Client, demo: str) -> None:
    address = send(admin, BAD)
    run()

    text = admin.get(address).content.decode()
    assert "spec.ports[0].port" in text
    line = re.search(r'<span class="l err" data-n="8"[^>]*>(.*)</span>', text)
    assert line is not None
    assert re.sub("<[^>]+>", "", line[1].partition("</span></span>")[0]) == "  - port: 70000"


def told(client: Client, address: str) -> str:
    """Return what an import's page says, without markup and with single spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))
    return re.sub(r" ([:,.])", r"\1", re.sub(r"\s+", " ", text))


def test_every_field_to_blame_has_a_line_of_its_own(admin: Client, demo: str) -> None:
    wrong = service("bad")
    wrong["spec"] = {"type": "Wrong", "ports": [{"port": 70000}]}
    address = send(admin, orjson.dumps(wrong))
    run()

    text = told(admin, address)
    assert "The document cannot be taken" in text
    assert 'spec.type: Unsupported value: "Wrong"' in text
    assert "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535" in text


def test_a_value_of_the_wrong_type_names_field_and_types(admin: Client, demo: str) -> None:
    address = send(admin, GOOD.replace(b"80", b'"eighty"'))
    run()

    assert "spec.ports.port: Is a text and should be a number." in told(admin, address)


def test_a_row_says_what_a_document_made_or_changed(admin: Client, demo: str) -> None:
    first = send(admin, GOOD, orjson.dumps(DEPLOYMENT))
    run()
    second = send(admin, GOOD.replace(b"80", b"81"))
    run()

    assert re.search(r"clusterIP 10\.96\.\d+\.\d+", told(admin, first))
    assert "makes 4 Pods" in told(admin, first)
    assert "updated spec.ports[0].port" in told(admin, second)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"# nothing\n---\n", "There was nothing to import"),
        (UNKNOWN, "No document was taken"),
        (GOOD.replace(b'"Service"', b'"Serivce"'), "Is Service meant?"),
        (GOOD.replace(b'"v1"', b'"apps/v1"'), "Service is of v1."),
    ],
    ids=["comments only", "an unknown kind", "a slip in the kind", "another group's version"],
)
def test_what_is_not_taken_says_why(admin: Client, demo: str, data: bytes, words: str) -> None:
    address = send(admin, data)
    run()

    assert words in told(admin, address)


def test_markup_in_an_upload_is_shown_as_text(admin: Client, demo: str) -> None:
    broken = f"kind: Service\napiVersion: v1\nmetadata: {{name: '{EVIL}'}}\n".encode()
    address = send(admin, broken, b"kind: [" + EVIL.encode())
    run()

    assert EVIL not in admin.get(address).content.decode()


def test_pasted_text_is_imported(admin: Client, demo: str) -> None:
    address = send(admin, text=GOOD.decode())
    run()

    assert result(admin, address).startswith("1 added")


def test_an_archive_is_imported(admin: Client, demo: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/good.json", GOOD)
    address = send(admin, packed.getvalue())
    run()

    assert result(admin, address).startswith("1 added")


def test_a_new_name_makes_a_cluster_with_nodes(admin: Client, demo: str) -> None:
    send(admin, GOOD, cluster="fresh")
    run("fresh")

    assert len(store.list_objects("fresh", KINDS["Node"]).items) == 3


def test_an_upload_that_brings_nodes_gets_no_others(admin: Client, demo: str) -> None:
    node: Manifest = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "mine"}}
    send(admin, json.dumps(node, indent=1).encode(), cluster="fresh")
    run("fresh")

    assert len(store.list_objects("fresh", KINDS["Node"]).items) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cluster": "demo"}, "Choose files, or paste manifests."),
        ({"cluster": "No Such!", "text": "kind: x"}, "Cluster"),
        ({"cluster": "", "text": "kind: x"}, "This field is required."),
    ],
    ids=["nothing to import", "a name no cluster can have", "no cluster"],
)
def test_a_mistake_in_the_form_is_told_at_its_field(
    admin: Client, demo: str, fields: dict[str, str], words: str
) -> None:
    response = admin.post("/import", fields)

    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_report_names_every_document(admin: Client, demo: str, form: str) -> None:
    address = send(admin, GOOD, BAD)
    run()

    text = admin.get(f"{address}/report.{form}").content.decode()

    assert "good" in text
    assert "bad" in text
    assert "spec.ports[0].port" in text


def test_without_scripts_a_running_import_loads_its_page_again(admin: Client, demo: str) -> None:
    address = send(admin, GOOD)

    assert '<noscript><meta http-equiv="refresh"' in admin.get(address).content.decode()
    run()
    assert "http-equiv" not in admin.get(address).content.decode()


def test_the_progress_for_scripts_is_a_fragment_of_the_same_page(admin: Client, demo: str) -> None:
    address = send(admin, GOOD)

    text = admin.get(f"{address}?part=status").content.decode()

    assert "<html" not in text
    assert 'data-state="waiting"' in text


def test_what_a_user_may_not_write_is_refused_document_by_document(
    guest: Client, demo: str
) -> None:
    user = User.objects.get(username="guest")
    wanted = ("add_importjob", "add_pod", "change_pod")
    user.user_permissions.add(*Permission.objects.filter(codename__in=wanted))

    address = send(guest, GOOD)
    run()

    (refused,) = jobs.import_results(int(address.rsplit("/", 1)[1]))
    assert refused.message == "guest may not write objects of kind Service"
