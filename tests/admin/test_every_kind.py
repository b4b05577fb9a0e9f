"""What holds for the admin of every kind: one suite, run for each proxy."""

from __future__ import annotations

import orjson
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cluster import store
from cluster.catalog import KINDS
from cluster.machinery.errors import NotFound
from cluster.models import PROXIES
from cluster.runtime.column_words import COLUMNS
from tests.admin.conftest import Made, page, stored
from tests.admin.manifests import BODIES, manifest
from tests.admin.pages import errors, inputs

every_kind = pytest.mark.parametrize("kind", [proxy.KIND for proxy in PROXIES])


def space(kind: str) -> str:
    """Return the namespace of the objects of this suite."""
    return "default" if KINDS[kind].namespaced else ""


def test_there_is_a_manifest_for_every_kind() -> None:
    assert set(BODIES) == {proxy.KIND for proxy in PROXIES}


@every_kind
def test_the_list_shows_name_cluster_and_what_kubectl_prints(
    admin: Client, made: Made, kind: str
) -> None:
    made(kind)

    text = admin.get(page(kind, "changelist")).content.decode()

    assert ">web</a>" in text
    assert "shop" in text
    for column in KINDS[kind].columns:
        if not column.wide:
            assert str(COLUMNS.get(column.name, column.name)).lower() in text.lower()


@every_kind
def test_search_finds_by_name_and_by_label(admin: Client, made: Made, kind: str) -> None:
    made(kind, name="cart")
    made(kind, name="pay", labels={"team": "money"})

    def found(text: str) -> set[str]:
        rows = admin.get(page(kind, "changelist"), {"q": text}).context["cl"].result_list
        return {found.name for found in rows} & {"cart", "pay"}

    assert found("car") == {"cart"}
    assert found("team=money") == {"pay"}
    assert found("money") == {"pay"}
    assert found("no-such-thing") == set()


@every_kind
def test_an_object_is_added_from_its_yaml(admin: Client, kind: str) -> None:
    form = inputs(admin.get(page(kind, "add")))
    form |= {"cluster": first_cluster(admin, kind), "manifest": as_json(kind)}
    response = admin.post(page(kind, "add"), form)

    assert response.status_code == 302, errors(response)
    assert stored(kind, "web", space(kind))["kind"] == kind
    assert LogEntry.objects.get().is_addition()


@every_kind
def test_saving_without_a_change_changes_nothing(admin: Client, made: Made, kind: str) -> None:
    row = made(kind)
    before = stored(kind, "web", space(kind))
    address = page(kind, "change", row.pk)

    response = admin.post(address, inputs(admin.get(address)))

    assert response.status_code == 302, errors(response)
    assert stored(kind, "web", space(kind)) == before


@every_kind
def test_labels_are_rows(admin: Client, made: Made, kind: str) -> None:
    row = made(kind)
    address = page(kind, "change", row.pk)
    form = inputs(admin.get(address))
    number = next(
        name for name, value in form.items() if name.startswith("labels-") and value == "app"
    ).split("-")[1]
    form[f"labels-{number}-value"] = "shop"

    response = admin.post(address, form)

    assert response.status_code == 302, errors(response)
    labels = stored(kind, "web", space(kind))["metadata"]
    assert isinstance(labels, dict)
    assert isinstance(labels["labels"], dict)
    assert labels["labels"]["app"] == "shop"


@every_kind
def test_a_refused_label_is_told_at_the_labels_in_the_stores_words(
    admin: Client, made: Made, kind: str
) -> None:
    row = made(kind)
    address = page(kind, "change", row.pk)
    form = inputs(admin.get(address))
    form |= {"labels-77-key": "no good", "labels-77-value": "x"}

    response = admin.post(address, form)

    document = manifest(kind, labels={"app": "web", "no good": "x"})
    with pytest.raises(Exception, match="no good") as refused:
        store.create(cluster="shop", document=document, actor="tests", dry_run=True)
    told = errors(response)
    assert list(told) == ["labels"]
    assert told["labels"][0] in str(refused.value)


@every_kind
def test_a_change_against_an_older_version_is_a_conflict(
    admin: Client, made: Made, kind: str
) -> None:
    row = made(kind)
    address = page(kind, "change", row.pk)
    form = inputs(admin.get(address))
    changed = manifest(kind, labels={"app": "web", "changed": "meanwhile"})
    store.apply(cluster="shop", document=changed, actor="someone")
    form |= {"labels-77-key": "mine", "labels-77-value": "x"}

    told = errors(admin.post(address, form))

    assert "the object has been modified" in told["__all__"][0]


@every_kind
def test_an_object_is_deleted_through_the_store_after_asking(
    admin: Client, made: Made, kind: str
) -> None:
    row = made(kind)
    address = page(kind, "delete", row.pk)

    asked = admin.get(address)
    assert "Are you sure" in asked.content.decode()
    response = admin.post(address, {"post": "yes"})

    assert response.status_code == 302
    try:
        meta = stored(kind, "web", space(kind))["metadata"]
    except NotFound:
        return
    assert isinstance(meta, dict)
    assert meta["deletionTimestamp"]


@every_kind
def test_chosen_objects_are_deleted_with_a_word_on_them(
    admin: Client, made: Made, kind: str
) -> None:
    rows = [made(kind, name="cart"), made(kind, name="pay")]
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}

    asked = admin.post(page(kind, "changelist"), chosen)
    assert "Are you sure" in asked.content.decode()
    done = admin.post(page(kind, "changelist"), {**chosen, "post": "yes"}, follow=True)

    told = [str(message) for message in done.context["messages"]]
    assert any("2 objects were deleted" in text or "Terminating" in text for text in told)


@every_kind
def test_names_and_labels_are_text_everywhere(admin: Client, made: Made, kind: str) -> None:
    row = made(kind)
    store.patch(
        cluster="shop", address=row.key, patch_type="merge", actor="<script>alert(1)</script>",
        change={"metadata": {"annotations": {"x": "<script>alert(2)</script>"}}},
    )  # fmt: skip

    for address in (
        page(kind, "changelist") + "?q=<script>alert(3)</script>",
        page(kind, "change", row.pk),
        page(kind, "history", row.pk),
        page(kind, "delete", row.pk),
    ):
        text = admin.get(address).content.decode()
        assert "<script>alert" not in text, address


@every_kind
def test_without_the_permission_there_is_nothing(shop: str, made: Made, kind: str) -> None:
    row = made(kind)
    client = Client()
    client.force_login(User.objects.create_user("bob", is_staff=True))

    for address in (
        page(kind, "changelist"), page(kind, "add"), page(kind, "change", row.pk),
        page(kind, "delete", row.pk), page(kind, "history", row.pk),
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"post": "yes"}).status_code == 403, address


@every_kind
def test_with_the_permission_to_view_the_page_only_shows(shop: str, made: Made, kind: str) -> None:
    row = made(kind)
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename=f"view_{kind.lower()}"))
    client = Client()
    client.force_login(bob)
    address = page(kind, "change", row.pk)

    text = client.get(address).content.decode()

    assert "<textarea" not in text
    assert 'name="_save"' not in text
    assert "apiVersion" in text
    assert client.post(address, {}).status_code == 403


@every_kind
def test_a_list_costs_the_same_number_of_queries_however_long(
    admin: Client, made: Made, kind: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        made(kind, name=f"web-{number}")

    with django_assert_max_num_queries(14):
        admin.get(page(kind, "changelist"))


def first_cluster(admin: Client, kind: str) -> str:
    form = admin.get(page(kind, "add")).context["adminform"].form
    return str(form.fields["cluster"].queryset.get().pk)


def as_json(kind: str) -> str:
    return orjson.dumps(manifest(kind)).decode()
