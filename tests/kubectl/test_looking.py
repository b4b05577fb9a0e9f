"""`kubectl get`, `describe`, `events`, `explain`, `api-resources`, `auth`."""

from __future__ import annotations

import json
import time

import pytest

from tests.kubectl.manifests import APP, config_map, service
from tests.kubectl.programs import Kubectl


def test_the_server_says_which_release_it_is(kubectl: Kubectl) -> None:
    assert "v1.33.1-netviz" in kubectl("version").out


def test_resources_have_their_short_names(kubectl: Kubectl) -> None:
    listed = kubectl("api-resources", "--api-group=networking.k8s.io", "--no-headers").lines

    assert [line.split()[0] for line in listed] == [
        "ingressclasses", "ingresses", "networkpolicies",
    ]  # fmt: skip
    assert [line.split()[1] for line in listed[1:]] == ["ing", "netpol"]


def test_lists_have_the_columns_of_each_kind(kubectl: Kubectl) -> None:
    kubectl.apply(APP)
    kubectl("rollout", "status", "deploy/shop", "--timeout=20s")

    wide = kubectl("get", "deploy,svc,ing,netpol", "-o", "wide").out
    pods = kubectl("get", "po", "-o", "wide").lines
    everywhere = kubectl("get", "svc", "-A").lines

    for header in (
        "READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR",
        "TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR",
        "CLASS HOSTS ADDRESS PORTS AGE",
        "POD-SELECTOR AGE",
    ):
        assert header in " ".join(wide.split())
    assert pods[0].split() == [
        "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED", "NODE",
        "READINESS", "GATES",
    ]  # fmt: skip
    assert pods[1].split()[1:4] == ["1/1", "Running", "0"]
    assert everywhere[0].split()[:2] == ["NAMESPACE", "NAME"]


def test_lists_are_chosen_sorted_and_cut(kubectl: Kubectl) -> None:
    for name, tier in (("a", "x"), ("b", "y"), ("c", "x")):
        kubectl("create", "-f", "-", stdin=config_map(name, labels={"tier": tier}))

    def names(*arguments: str) -> list[str]:
        return [line.removeprefix("configmap/") for line in
                kubectl("get", "cm", "-o", "name", *arguments).lines]  # fmt: skip

    assert names() == ["a", "b", "c"]
    assert names("--chunk-size=1") == ["a", "b", "c"]
    assert names("-l", "tier=x") == ["a", "c"]
    assert names("-l", "tier notin (x),tier") == ["b"]
    assert names("-l", "!tier") == []
    assert names("--field-selector", "metadata.name!=b") == ["a", "c"]
    assert kubectl("get", "cm", "-L", "tier", "--sort-by=.metadata.labels.tier").lines[3].split()[
        -1
    ] == "y"  # fmt: skip
    refused = kubectl("get", "cm", "--field-selector", "spec.nope=1", fails=True)
    assert '"spec.nope" is not a known field selector' in refused.err


def test_what_is_not_there_is_named(kubectl: Kubectl) -> None:
    missing = kubectl("get", "svc", "nope", fails=True)
    unknown = kubectl("get", "nopes", fails=True)
    nothing = kubectl("get", "svc")

    assert missing.err.strip() == 'Error from server (NotFound): services "nope" not found'
    assert 'the server doesn\'t have a resource type "nopes"' in unknown.err
    assert "No resources found in" in nothing.err


def test_a_watch_shows_what_is_made_elsewhere_within_a_second(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=config_map("first"))
    watching = kubectl.start("get", "cm", "-w")
    try:
        assert watching.stdout is not None
        assert watching.stdout.readline().split() == ["NAME", "DATA", "AGE"]
        watching.stdout.readline()
        time.sleep(0.3)
        kubectl("create", "-f", "-", stdin=config_map("second"))
        began = time.monotonic()
        row = watching.stdout.readline()
        seconds = time.monotonic() - began
    finally:
        watching.kill()
        watching.communicate()

    assert row.split()[0] == "second"
    assert seconds < 1


def test_describe_knows_every_kind(kubectl: Kubectl) -> None:
    kubectl.apply(APP)
    kubectl("create", "cronjob", "cj", "--image=busybox", "--schedule=@hourly")
    kubectl("rollout", "status", "deploy/shop", "--timeout=20s")

    described = kubectl("describe", "svc", "shop").out
    address = kubectl.read("po -l app=shop", ".items[0].status.podIP")
    pod = kubectl("describe", "po", "-l", "app=shop").out
    deployment = kubectl("describe", "deploy", "shop").out

    assert f"{address}:8080" in described
    assert "default-scheduler" in pod
    assert "Successfully assigned" in pod
    assert "Scaled up replica set" in deployment
    kubectl("describe", "rs,ing,netpol,cj,endpointslices,ep,cm,secret,sa")
    kubectl("describe", "node", kubectl.read("no", ".items[0].metadata.name"))
    kubectl("describe", "ns", kubectl.namespace)
    kubectl("describe", "ingressclass")


def test_endpoints_of_a_service_can_be_read(kubectl: Kubectl) -> None:
    kubectl.apply(APP)
    kubectl("rollout", "status", "deploy/shop", "--timeout=20s")

    cell = kubectl("get", "ep", "shop", "--no-headers").out.split()[1]

    assert ":8080" in cell
    assert "shop" in kubectl("get", "ep").out


def test_events_tell_what_happened(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "web", "--image=nginx")
    kubectl("rollout", "status", "deploy/web", "--timeout=20s")

    listed = kubectl("get", "events").out
    of_one = kubectl("events", "--for", "deployment/web").out

    assert all(word in listed for word in ("Scheduled", "SuccessfulCreate", "ScalingReplicaSet"))
    assert "ScalingReplicaSet" in of_one
    assert "Scheduled" not in of_one


def test_explain_shows_fields_and_their_descriptions(kubectl: Kubectl) -> None:
    assert "externalTrafficPolicy" in kubectl("explain", "service.spec").out
    assert "podSelector" in kubectl("explain", "netpol", "--recursive").out
    assert "does not exist" in kubectl("explain", "service.spec.nope", fails=True).err


def test_auth_says_who_i_am_and_what_i_may(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "create", "pods").out.strip() == "yes"
    assert "pods" in kubectl("auth", "can-i", "--list").out
    if kubectl.release >= (1, 28):
        assert "admin" in kubectl("auth", "whoami").out


@pytest.mark.parametrize("form", ["json", "yaml", "name", "jsonpath={.metadata.name}"])
def test_one_object_in_every_form(kubectl: Kubectl, form: str) -> None:
    kubectl.apply(service("web"))

    shown = kubectl("get", "svc", "web", "-o", form).out

    assert "web" in shown
    if form == "json":
        assert json.loads(shown)["spec"]["ports"][0]["targetPort"] == 80
