"""Figures of whole clusters, and that what was measured is right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench.processes import figures_of, resident_mb, served
from tests.bench.sizes import GENERATOR, size_called, write_cluster
from tests.browser.conftest import free_ports

FORMS = ("ndjson", "yaml")
MANY = 100


def test_a_cluster_of_this_size_is_imported_worked_out_and_followed(
    size_name: str, tmp_path: Path, figures: dict[str, dict[str, float]]
) -> None:
    if not GENERATOR.exists() and not os.environ.get("CI"):
        pytest.skip("../shared/bench is not here")
    size = size_called(size_name)
    column = figures.setdefault(size_name, {})
    for form in reversed(FORMS):  # the first of them is looked at further
        data = tmp_path / form
        data.mkdir()
        file = write_cluster(size, form, tmp_path)
        imported = figures_of("importing", str(file), data=data)
        file.unlink()
        assert imported["documents"] == size.documents
        assert imported["refused"] <= 1  # one generated Service asks for the address of DNS
        column |= imported | {f"import_{form}_s": imported["import_s"]}
    column |= figures_of("growth", str(write_cluster(size, "ndjson", tmp_path)), data=tmp_path)
    column |= figures_of("inside", data=tmp_path / FORMS[0])
    assert column["differences"] == 0
    ports = free_ports(3)
    named = dict(zip(("PORT", "HTTPS_PORT", "DNS_PORT"), ports, strict=True))
    with served(tmp_path / FORMS[0], named) as processes:
        url = f"http://127.0.0.1:{ports[0]}"
        many = figures_of("outside", url, str(MANY), data=tmp_path / FORMS[0])
        one = figures_of("outside", url, "1", data=tmp_path / FORMS[0])
        column |= one | {name: many[name] for name in many if name.startswith("last_")}
        column["first_page_s"] = many["first_page_s"]
        column |= figures_of("api", url, data=tmp_path / FORMS[0])
        column |= {f"{name}_mb": resident_mb(pid) for name, pid in processes.items()}
