"""Import by the form: from the upload to the sentence that closes it."""

from __future__ import annotations

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
    assert re.search(r'<span class="l err" data-n="8">\s*- port: 70000</span>', text)


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
