"""The page of findings: filters, files, muting and taking that back."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft7Validator

from cluster import store
from cluster.machinery.findings import Finding
from cluster.machinery.meta import Key
from cluster.models import Mute
from cluster.questions.rules import FINDINGS
from cluster.questions.sarif import sarif
from cluster.runtime.replica import replicas
from cluster.store import rows

PAGE = "/c/demo/findings"


def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    """Return the findings of the JSON file that the page offers."""
    found: list[dict[str, Any]] = json.loads(client.get(f"{PAGE}?format=json&{query}").content)[
        "findings"
    ]
    return found


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ("", {"Service shop/lost"}),
        ("q=ns:shop+finding:NV101", {"Service shop/lost"}),
        ("q=status:warning+kind:svc", {"Service shop/lost"}),
        ("q=nobody", {"Service shop/lost"}),  # a word of the message
        ("q=-kind:svc", set()),
        ("q=label:app", set()),
        ("rule=NV101&kind=Service", {"Service shop/lost"}),
        ("rule=NV102", set()),
        ("state=muted", set()),
        ("state=all", {"Service shop/lost"}),
    ],
)
def test_findings_are_filtered(demo: str, reader: Client, query: str, objects: set[str]) -> None:
    found = {each["object"] for each in listed(reader, query) if each["rule"] != "NV001"}

    assert {name for name in found if name.startswith("Service shop/")} == objects


def test_a_fault_in_the_query_is_underlined_and_explained(demo: str, reader: Client) -> None:
    text = reader.get(f"{PAGE}?q=stat:x").content.decode()

    assert '<u class="palette__bad">stat</u>' in text
    assert "did you mean status?" in text


def test_nothing_left_offers_to_drop_a_term(demo: str, reader: Client) -> None:
    text = reader.get(f"{PAGE}?q=ns:shop+kind:node").content.decode()

    assert 'href="?q=kind:node"' in text
    assert 'href="?q=ns:shop"' in text


def test_a_finding_is_muted_listed_and_heard_of_again(demo: str, admin: Client) -> None:
    where = f"{PAGE}/mute?rule=NV101&kind=Service&ns=shop&name=lost"
    data = {"reason": "known, gone by Friday", "scope": "object", "days": "7"}

    done = admin.post(where, data, follow=True)

    text = done.content.decode()
    assert "NV101 is muted until" in text
    assert 'value="unmute"' in text  # the undo beside the message
    assert not [f for f in listed(admin) if f["object"] == "Service shop/lost"]
    muted = admin.get(f"{PAGE}?state=muted").content.decode()
    assert "known, gone by Friday" in muted
    (mute,) = store.mutes(store.find_cluster("demo"))
    assert timedelta(days=6) < mute.expires - datetime.now(UTC) < timedelta(days=8)
    again = admin.post(f"{PAGE}/mutes/{mute.number}/end", follow=True)
    assert "is open again" in again.content.decode()
    assert [f for f in listed(admin) if f["object"] == "Service shop/lost"]


def test_a_mute_ends_by_itself(demo: str, admin: Client) -> None:
    handle = store.find_cluster("demo")
    store.mute(cluster=handle, rule="NV101", reason="x", lasts=timedelta(days=1), actor="ana")
    assert store.mutes(handle)

    rows.unguarded(Mute).update(expires=datetime.now(UTC) - timedelta(seconds=1))

    assert not store.mutes(handle)
    assert listed(admin, "rule=NV101")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"scope": "object", "days": "7"}, "This field is required"),
        ({"reason": "  ", "scope": "object", "days": "7"}, "This field is required"),
        ({"reason": "x", "scope": "planet", "days": "7"}, "Select a valid choice"),
        ({"reason": "x", "scope": "object", "days": "99999"}, "Select a valid choice"),
    ],
)
def test_a_mute_without_reason_or_end_is_refused_at_its_field(
    demo: str, admin: Client, data: dict[str, str], words: str
) -> None:
    response = admin.post(f"{PAGE}/mute?rule=NV101&kind=Service&ns=shop&name=lost", data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not store.mutes(store.find_cluster("demo"))


def test_a_mute_longer_than_a_year_is_refused_by_the_store(demo: str) -> None:
    with pytest.raises(Exception, match="within a year"):
        store.mute(cluster=store.find_cluster("demo"), rule="NV101", reason="x",
                   lasts=timedelta(days=500), actor="ana")  # fmt: skip


def test_muting_needs_the_permission(demo: str, guest: Client) -> None:
    where = f"{PAGE}/mute?rule=NV101&kind=Service&ns=shop&name=lost"

    assert guest.get(where).status_code == 403
    assert guest.post(f"{PAGE}/mutes/1/end").status_code == 403
    assert "mute?" not in guest.get(PAGE).content.decode()


def test_a_mute_of_an_unknown_rule_or_number_is_not_found(demo: str, admin: Client) -> None:
    assert admin.get(f"{PAGE}/mute?rule=NV999").status_code == 404
    assert admin.post(f"{PAGE}/mutes/999/end").status_code == 404


def test_since_is_when_a_finding_was_first_seen(demo: str, reader: Client) -> None:
    reader.get(PAGE)
    replicas["demo"].sightings.flush()
    first = {f["object"]: f["since"] for f in listed(reader, "rule=NV101")}["Service shop/lost"]
    assert first

    store.delete(cluster="demo", address=Key("", "Service", "shop", "lost"), actor="ana")
    reader.get(PAGE)
    replicas["demo"].sightings.flush()

    known = store.sightings(store.find_cluster("demo"))
    assert not [each for each in known if each.name == "lost"]


def test_the_csv_has_a_row_per_finding_and_no_formulas(demo: str, reader: Client) -> None:
    text = reader.get(f"{PAGE}?format=csv").content.decode()

    table = list(csv.DictReader(io.StringIO(text)))
    assert {row["rule"] for row in table} >= {"NV101"}
    assert not any(cell.startswith(("=", "+", "@")) for row in table for cell in row.values())


def test_the_sarif_names_rule_level_object_and_why_it_is_muted(
    demo: str, reader: Client, schema: Draft7Validator
) -> None:
    handle = store.find_cluster("demo")
    store.mute(cluster=handle, rule="NV101", reason="known", lasts=timedelta(days=1), actor="ana")

    response = reader.get(f"{PAGE}?format=sarif&state=all")

    assert response["Content-Type"] == "application/sarif+json"
    log = json.loads(response.content)
    check_sarif(log, schema)
    muted = [r for r in log["runs"][0]["results"] if r["ruleId"] == "NV101"]
    assert {r["suppressions"][0]["justification"] for r in muted} == {"known"}
    places = [r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for r in muted]
    assert "demo/Service/shop/lost" in places


def test_every_rule_and_severity_gives_valid_sarif(schema: Draft7Validator) -> None:
    findings = [
        (Finding(Key("", "Node", "", "n1"), rule.id, "", rule.title, rule.severity), "")
        for rule in FINDINGS.values()
    ]

    log: Any = sarif(findings, FINDINGS, cluster="demo", version="1", help_base="http://x/h/")

    check_sarif(log, schema)
    del log["runs"][0]["tool"]["driver"]["name"]
    assert not schema.is_valid(log)


@pytest.fixture(scope="module")
def schema(root: Path) -> Draft7Validator:
    """Return the schema of SARIF 2.1.0 as OASIS published it, which an npm package carries."""
    file = root / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    if not file.exists():
        missing = "the schema of SARIF is not installed; run `make js` first"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return Draft7Validator(json.loads(file.read_text()))


def check_sarif(log: Any, schema: Draft7Validator) -> None:
    """Check a log by the schema, and what that cannot say (OASIS, sections 3.13 to 3.49)."""
    assert [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(log)] == []
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["helpUri"].startswith("http")
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(isinstance(v, str) for v in result["partialFingerprints"].values())
