"""`kubectl apply`, `diff`, `create`, `replace`, `patch`, `edit` and their refusals."""

from __future__ import annotations

import pytest

from tests.kubectl.manifests import APP, CHANGED, NAMES, config_map, service
from tests.kubectl.programs import Kubectl


def test_apply_creates_then_changes_nothing_and_diff_agrees(kubectl: Kubectl) -> None:
    before = kubectl("diff", "-f", "-", stdin=APP, fails=True)
    created = kubectl.apply(APP)
    again = kubectl.apply(APP)
    after = kubectl("diff", "-f", "-", stdin=APP)

    assert (before.code, "+  name: shop" in before.out) == (1, True)
    assert created == [f"{name} created" for name in NAMES]
    assert again == [f"{name} unchanged" for name in NAMES]
    assert after.out == ""


def test_apply_of_a_changed_manifest_changes_what_it_says(kubectl: Kubectl) -> None:
    kubectl.apply(APP)

    said = kubectl.apply(CHANGED)

    assert said[:2] == ["deployment.apps/shop configured", "service/shop configured"]
    assert kubectl.read("svc shop", ".spec.ports[*].port") == "80 9091"
    pod = ".spec.template.spec"
    assert kubectl.read("deploy shop", f"{pod}.containers[0].env[*].name") == "A"
    assert kubectl.read("deploy shop", f"{pod}.volumes[0].configMap.name") == "cm"
    assert kubectl.read("deploy shop", f"{pod}.volumes[0].emptyDir") == ""
    assert kubectl.apply(CHANGED)[0] == "deployment.apps/shop unchanged"


def test_apply_names_the_field_that_is_wrong(kubectl: Kubectl) -> None:
    bad_port = kubectl(
        "apply", "-f", "-", stdin=service("badport", "70000, targetPort: 80"), fails=True
    )
    two = kubectl(
        "apply", "-f", "-", stdin=service("z", "70000, targetPort: 80, name: UPPER"), fails=True
    )
    unknown = service("typo", more="selectr: {}")
    bad_field = kubectl("apply", "-f", "-", stdin=unknown, fails=True)
    warned = kubectl("apply", "-f", "-", "--validate=warn", stdin=unknown)
    nope = "apiVersion: foo.io/v1\nkind: Nope\nmetadata: {name: x}\n"
    no_kind = kubectl("apply", "-f", "-", stdin=nope, fails=True)

    assert (
        'The Service "badport" is invalid: spec.ports[0].port: Invalid value: 70000: '
        "must be between 1 and 65535, inclusive" in bad_port.err
    )
    assert "* spec.ports[0].name: Invalid value" in two.err
    assert "* spec.ports[0].port: Invalid value: 70000" in two.err
    assert 'unknown field "spec.selectr"' in bad_field.err
    assert 'Warning: unknown field "spec.selectr"' in warned.err
    assert warned.lines == ["service/typo created"]
    assert 'no matches for kind "Nope" in version "foo.io/v1"' in no_kind.err


def test_a_dry_run_tells_and_stores_nothing(kubectl: Kubectl) -> None:
    said = kubectl.apply(service("dry"), "--dry-run=server")
    shown = kubectl("create", "-f", "-", "--dry-run=server", "-o", "yaml", stdin=service("dry"))

    assert said == ["service/dry created (server dry run)"]
    assert "clusterIP: " in shown.out
    assert "NotFound" in kubectl("get", "svc", "dry", fails=True).err


def test_a_stale_replace_is_a_conflict_and_a_fresh_one_is_not(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=service("web"))
    stale = kubectl("get", "svc", "web", "-o", "json").out
    address = kubectl.read("svc web", ".spec.clusterIP")
    kubectl("label", "svc", "web", "a=b")

    refused = kubectl("replace", "-f", "-", stdin=stale, fails=True)
    kubectl("replace", "-f", "-", stdin=service("web", "81"))
    kept = kubectl.read("svc web", ".spec.clusterIP")
    kubectl("replace", "--force", "-f", "-", stdin=service("web", "82"))

    assert "Error from server (Conflict)" in refused.err
    assert "the object has been modified" in refused.err
    assert kept == address
    assert kubectl.read("svc web", ".spec.ports[0].port") == "82"


@pytest.mark.parametrize(
    ("type_", "patch", "path", "expected"),
    [
        ("merge", '{"spec":{"ports":[{"port":81}]}}', ".spec.ports[*].port", "81"),
        ("strategic", '{"spec":{"ports":[{"port":81,"name":"b"},{"port":80,"name":"a"}]}}',
         ".spec.ports[*].name", "b a"),
        ("json", '[{"op":"replace","path":"/spec/ports/0/port","value":81}]',
         ".spec.ports[*].port", "81"),
    ],
    ids=lambda value: value if value in {"merge", "strategic", "json"} else "",
)  # fmt: skip
def test_patches_of_each_type(
    kubectl: Kubectl, type_: str, patch: str, path: str, expected: str
) -> None:
    kubectl("create", "-f", "-", stdin=service("web"))

    kubectl("patch", "svc", "web", "--type", type_, "-p", patch)

    assert sorted(kubectl.read("svc web", path).split()) == sorted(expected.split())


def test_a_patch_that_cannot_be_carried_out_says_so(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=service("web"))
    failing = '[{"op":"test","path":"/spec/type","value":"NodePort"}]'

    refused = kubectl("patch", "svc", "web", "--type=json", "-p", failing, fails=True)

    assert "the server rejected our request due to an error in our request" in refused.err


def test_edit_sends_what_the_editor_leaves(kubectl: Kubectl) -> None:
    kubectl.apply(service("web"))
    editor = {"KUBE_EDITOR": "sed -i s/port:.80/port:\\ 8080/"}

    kubectl("edit", "svc", "web", environment=editor)

    assert kubectl.read("svc web", ".spec.ports[0].port") == "8080"


def test_labels_and_annotations_come_and_go(kubectl: Kubectl) -> None:
    kubectl.apply(service("web"))

    kubectl("label", "svc", "web", "tier=front")
    kubectl("annotate", "svc", "web", "note=x y")
    taken = kubectl("label", "svc", "web", "tier=back", fails=True)
    kubectl("label", "svc", "web", "tier-")
    bad = kubectl("label", "svc", "web", "a=-b-", fails=True)

    assert kubectl.read("svc web", ".metadata.annotations.note") == "x y"
    assert kubectl.read("svc web", ".metadata.labels") == ""
    assert "already has a value" in taken.err
    assert "valid label" in bad.err


def test_every_typed_create_command(kubectl: Kubectl) -> None:
    for command in (
        "deployment web --image=nginx --replicas=0 --port=80",
        "service clusterip web --tcp=80:8080",
        "service nodeport np --tcp=80",
        "service loadbalancer lb --tcp=80",
        "service externalname en --external-name=example.com",
        "configmap cm --from-literal=a=b",
        "secret generic s --from-literal=a=b",
        "ingress web --rule=shop.example.com/*=web:80",
        "job j --image=busybox",
        "cronjob cj --image=busybox --schedule=@hourly",
        "serviceaccount sa",
    ):
        said = kubectl("create", *command.split()).out
        assert "created" in said, command

    assert kubectl.read("svc web", ".spec.ports[0].targetPort") == "8080"
    assert kubectl.read("deploy web", ".spec.replicas") == "0"
    assert "exists" in kubectl("create", "sa", "sa", fails=True).err


def test_generated_names_differ(kubectl: Kubectl) -> None:
    manifest = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}'

    names = {kubectl("create", "-f", "-", "-o", "name", stdin=manifest).out for _ in range(2)}

    assert len(names) == 2
    assert all(name.startswith("configmap/x-") for name in names)


def test_prune_deletes_what_is_no_longer_applied(kubectl: Kubectl) -> None:
    kubectl.apply(service("a") + "---" + service("b"))
    kubectl("label", "svc", "a", "b", "set=one")
    kept = service("a").replace("{name: a}", "{name: a, labels: {set: one}}")

    said = kubectl.apply(kept, "--prune", "-l", "set=one")

    assert "service/b pruned" in said
    assert kubectl("get", "svc", "-o", "name").lines == ["service/a"]


def test_server_side_apply_tells_whose_field_it_is(kubectl: Kubectl) -> None:
    one, two = config_map("m", labels={"a": "1"}), config_map("m", labels={"a": "2"})
    server = ("apply", "-f", "-", "--server-side")

    first = kubectl(*server, "--field-manager=one", stdin=one)
    refused = kubectl(*server, "--field-manager=two", stdin=two, fails=True)
    kubectl(*server, "--field-manager=two", "--force-conflicts", stdin=two)
    kubectl(*server, "--field-manager=two", stdin=config_map("m"))

    assert first.lines == ["configmap/m serverside-applied"]
    assert 'conflict with "one": .metadata.labels.a' in refused.err
    assert kubectl.read("cm m", ".metadata.labels") == ""


def test_client_side_apply_moves_to_the_servers_side(kubectl: Kubectl) -> None:
    kubectl.apply(APP)

    moved = kubectl("apply", "-f", "-", "--server-side", stdin=APP)
    kubectl("apply", "-f", "-", "--server-side", stdin=CHANGED)

    assert moved.lines == [f"{name} serverside-applied" for name in NAMES]
    assert kubectl.read("deploy shop", ".spec.template.spec.containers[0].env[*].name") == "A"
