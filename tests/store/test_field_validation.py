"""Unknown and repeated fields: refused, warned of or dropped. Source: semantics.md A-36."""

import pytest

from cluster import store
from cluster.engine.reading import FieldValidation
from cluster.machinery.errors import BadRequest, Invalid
from cluster.machinery.manifest import Manifest, mapping_at
from cluster.machinery.repeated import Repeated
from tests.store.objects import service, service_key

WORDS = 'strict decoding error: unknown field "spec.selectr", duplicate field "spec.type"'
REPEATED = Repeated(paths=("spec.type",))


def wrong() -> Manifest:
    found = service("shop")
    return found | {"spec": mapping_at(found, "spec") | {"selectr": {}}}


def create(shop: str, validation: FieldValidation) -> store.Written:
    return store.create(
        cluster=shop, document=wrong(), actor="tests", field_validation=validation,
        repeated=REPEATED,
    )  # fmt: skip


def test_strict_refuses_a_new_object_and_names_every_field(shop: str) -> None:
    with pytest.raises(BadRequest) as caught:
        create(shop, "Strict")

    assert caught.value.message == (
        f'Service in version "v1" cannot be handled as a Service: {WORDS}'
    )


def test_strict_refuses_a_patch_on_the_field_patch(shop: str) -> None:
    store.create(cluster=shop, document=service("shop"), actor="tests")

    with pytest.raises(Invalid) as caught:
        store.patch(
            cluster=shop, address=service_key("shop"), change={"spec": {"selectr": {}}},
            patch_type="merge", actor="tests", field_validation="Strict", repeated=REPEATED,
        )  # fmt: skip

    assert caught.value.errors[0].field == "patch"
    assert WORDS in caught.value.message


def test_warn_stores_the_object_and_tells_every_field(shop: str) -> None:
    written = create(shop, "Warn")

    assert written.warnings == (
        'unknown field "spec.selectr"',
        'duplicate field "spec.type"',
    )
    assert "selectr" not in mapping_at(written.manifest, "spec")


def test_ignore_says_nothing(shop: str) -> None:
    assert create(shop, "Ignore").warnings == ()
