"""`netviz export`: as SVG it is the drawing of the pages, made by Node without a browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cluster.runtime import svg
from tests.management.running import WEB, Ran

Run = Callable[..., Ran]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "web.yaml"
    file.write_text(WEB)
    return file


def exported(netviz: Run, path: Path, *more: str) -> str:
    ran = netviz(
        "export", path, "--view", "endpoints", "--of", "shop/web", "--format", "svg", *more
    )
    assert ran.code == 0, ran.err
    return ran.out


def test_the_same_manifests_give_the_same_bytes_in_whatever_order_they_come(
    netviz: Run, path: Path
) -> None:
    first = exported(netviz, path)
    path.write_text("---\n".join(reversed(WEB.split("---\n"))))

    assert exported(netviz, path) == first


def test_the_drawing_has_every_card_and_stands_alone(netviz: Run, path: Path) -> None:
    text = exported(netviz, path)
    titles = [title.text or "" for title in ET.fromstring(text).iter(f"{SVG}title")]  # noqa: S314

    assert sum(title.startswith("Pod web-") for title in titles) == 2
    assert any(title.startswith("Service web") for title in titles)
    assert "netviz export --view endpoints --of shop/web" in text
    assert "url(http" not in text and "@import" not in text  # noqa: PT018
    assert not re.search(r'href="(?!#)', text)
    assert text.count("@font-face") == 3
    for used in set(re.findall(r'href="#([\w-]+)"', text)):
        assert f'<symbol id="{used}"' in text


def test_each_theme_has_its_own_colours(netviz: Run, path: Path) -> None:
    light, dark = exported(netviz, path), exported(netviz, path, "--theme", "dark")

    assert 'fill="#f6f8fb"' in light
    assert 'fill="#0b1220"' in dark


def test_without_node_the_command_says_what_is_missing(
    netviz: Run, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = netviz("export", path, "--view", "map", "--format", "svg")

    assert ran.code == 2
    assert ran.out == ""
    assert ran.told == [
        "netviz export: SVG is drawn by Node, and there is none; `make setup` installs it"
    ]


def test_a_node_that_fails_is_reported_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "node"
    fake.write_text("#!/bin/sh\necho 'SyntaxError: no such thing' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(svg.NotDrawn, match="SyntaxError: no such thing"):
        svg.draw_svg({}, url="")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(["--view", "endpoints"], "of: '' must be namespace/name", id="of nothing"),
        pytest.param(["--view", "map", "--ns", "no"], 'ns: namespaces "no" not found', id="ns"),
        pytest.param(
            ["--view", "endpoints", "--of", "shop/no"], 'of: services "no" not found', id="of"
        ),
    ],
)
@pytest.mark.parametrize("form", ["dot", "json"])
def test_export_names_the_option_to_blame(
    netviz: Run, tmp_path: Path, options: list[str], words: str, form: str
) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(WEB)
    ran = netviz("export", path, *options, "--format", form)

    assert (ran.code, ran.out) == (2, "")
    assert ran.told == [f"netviz export: {ran.told[0].removeprefix('netviz export: ')}"]
    assert words in ran.err


def test_dns_refuses_a_port_that_there_is_not(netviz: Run, tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(WEB)
    ran = netviz("dns", path, "--port", "99999")

    assert (ran.code, ran.told) == (2, ["netviz dns: --port: 99999 is not in 0-65535"])
