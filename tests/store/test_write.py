import pytest

from cluster import store
from cluster.machinery.errors import (
    AlreadyExists,
    ApiError,
    BadRequest,
    Conflict,
    Invalid,
    NotFound,
)
from cluster.machinery.manifest import Manifest, text_at
from cluster.machinery.meta import Key
from tests.store.objects import config_key, config_map, service, service_key


def test_a_new_cluster_has_what_every_cluster_has(shop: str) -> None:
    cluster = store.find_cluster(shop)
    counted = store.count(cluster)

    assert counted["", "Namespace"] == 4
    assert counted["", "Node"] == 3
    assert counted["", "Service"] == 2
    assert counted["apps", "Deployment"] == 1


def test_a_created_object_comes_back_with_uid_version_and_address(shop: str) -> None:
    written = store.create(cluster=shop, document=service("web"), actor="ana")

    found = store.get(shop, service_key("web"))
    assert written.verb == "created"
    assert found == written.manifest
    assert text_at(found, "metadata", "uid")
    assert text_at(found, "metadata", "resourceVersion") == str(written.revision)
    assert text_at(found, "spec", "clusterIP") == "10.96.1.1"


def test_the_service_of_the_api_selects_nothing_and_has_a_slice_of_its_name(shop: str) -> None:
    """B-68."""
    spec = store.get(shop, service_key("kubernetes"))["spec"]
    piece = store.get(shop, Key("discovery.k8s.io", "EndpointSlice", "default", "kubernetes"))

    assert isinstance(spec, dict)
    assert "selector" not in spec
    assert text_at(piece, "metadata", "labels", "kubernetes.io/service-name") == "kubernetes"


def test_families_and_addresses_come_from_the_cluster_and_not_from_a_default(shop: str) -> None:
    """B-10."""
    store.create(cluster=shop, document=service("out", type="ExternalName", externalName="a.b"),
                 actor="ana")  # fmt: skip
    store.create(cluster=shop, document=service("in"), actor="ana")

    outside = store.get(shop, service_key("out"))["spec"]
    inside = store.get(shop, service_key("in"))["spec"]
    settled = {"ipFamilies", "ipFamilyPolicy", "clusterIP", "clusterIPs"}

    assert isinstance(outside, dict)
    assert isinstance(inside, dict)
    assert settled & outside.keys() == set()
    assert settled <= inside.keys()


@pytest.mark.parametrize(
    ("document", "error", "text"),
    [
        pytest.param({"kind": "Service", "spec": {"ports": "x"}, "metadata": {"namespace": "no"}},
                     BadRequest, "apiVersion", id="decode before the namespace"),
        pytest.param(service("WEB", "no"), NotFound, 'namespaces "no" not found',
                     id="the namespace before the checks"),
        pytest.param(service("WEB", clusterIP="10.96.0.10"), Invalid,
                     "provided IP is already allocated", id="the hook before the checks"),
        pytest.param(service("WEB", ipFamilies=["IPv6"], clusterIP="10.96.0.10"), Invalid,
                     "ipFamilies", id="within the hook families before addresses"),
        pytest.param(service("kubernetes", ports=[{"port": 0}]), Invalid, "ports",
                     id="the checks before the taken name"),
    ],
)  # fmt: skip
def test_the_first_stage_that_refuses_a_create_is_answered_alone(
    shop: str, document: Manifest, error: type[ApiError], text: str
) -> None:
    """A-10, A-10b."""
    with pytest.raises(error, match=text) as refusal:
        store.create(cluster=shop, document=document, actor="ana")

    assert "metadata.name" not in refusal.value.message


def test_a_taken_name_is_refused_only_after_the_object_is_found_valid(shop: str) -> None:
    store.create(cluster=shop, document=service("web"), actor="ana")

    with pytest.raises(Invalid):
        store.create(cluster=shop, document=service("web", ports=[{"port": 70000}]), actor="ana")
    with pytest.raises(AlreadyExists, match='services "web" already exists'):
        store.create(cluster=shop, document=service("web"), actor="ana")


def test_a_write_that_changes_nothing_makes_no_revision(shop: str) -> None:
    """A-30."""
    first = store.create(cluster=shop, document=service("web"), actor="ana")

    again = store.replace(cluster=shop, document=service("web"), actor="ana")

    assert again.verb == "unchanged"
    assert again.revision == first.revision == store.revision_of(shop)


def test_a_stale_version_is_refused(shop: str) -> None:
    """A-31."""
    first = store.create(cluster=shop, document=service("web"), actor="ana")
    changed = service("web", sessionAffinity="ClientIP")
    store.replace(cluster=shop, document=changed, actor="ana")

    with pytest.raises(Conflict, match="please apply your changes to the latest version"):
        store.replace(cluster=shop, document=first.manifest, actor="ben")


def test_a_dry_run_leaves_no_trace(shop: str) -> None:
    before = store.revision_of(shop)

    written = store.create(cluster=shop, document=service("web"), actor="ana", dry_run=True)
    really = store.create(cluster=shop, document=service("api"), actor="ana")

    assert text_at(written.manifest, "spec", "clusterIP") == "10.96.1.1"
    assert text_at(really.manifest, "spec", "clusterIP") == "10.96.1.1"
    assert really.revision == before + 1
    with pytest.raises(NotFound):
        store.get(shop, service_key("web"))


def test_a_batch_goes_on_after_a_refusal(shop: str) -> None:
    documents = [service("one"), service("two", ports=[{"port": 0}]), service("three")]

    outcomes = store.write_batch(cluster=shop, documents=documents, actor="ana")

    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert store.get(shop, service_key("three"))
    with pytest.raises(NotFound):
        store.get(shop, service_key("two"))


def test_a_batch_of_all_or_nothing_writes_nothing_after_a_refusal(shop: str) -> None:
    before = store.revision_of(shop)
    documents = [service("one"), service("two", ports=[{"port": 0}])]

    outcomes = store.write_batch(
        cluster=shop, documents=documents, actor="ana", all_or_nothing=True
    )

    assert [outcome.error is None for outcome in outcomes] == [True, False]
    assert store.revision_of(shop) == before


def test_later_documents_of_a_batch_see_earlier_ones(shop: str) -> None:
    documents = [service("one"), service("two"), service("one", sessionAffinity="ClientIP")]

    outcomes = store.write_batch(cluster=shop, documents=documents, actor="ana")

    verbs = [outcome.written.verb for outcome in outcomes if outcome.written]
    assert verbs == ["created", "created", "configured"]
    addresses = {
        text_at(store.get(shop, service_key(name)), "spec", "clusterIP") for name in ("one", "two")
    }
    assert len(addresses) == 2


def test_the_data_of_config_maps_is_dropped_and_the_answer_says_so(shop: str) -> None:
    document = config_map("settings") | {"data": {"password": "hidden"}}

    written = store.create(cluster=shop, document=document, actor="ana")

    assert "data" not in store.get(shop, config_key("settings"))
    assert "data dropped" in written.warnings[0]


def test_a_freed_address_is_given_again(shop: str) -> None:
    """K-6."""
    first = store.create(cluster=shop, document=service("web"), actor="ana")
    store.delete(cluster=shop, address=service_key("web"), actor="ana")

    second = store.create(cluster=shop, document=service("api"), actor="ana")

    assert text_at(first.manifest, "spec", "clusterIP") == text_at(
        second.manifest, "spec", "clusterIP"
    )
