"""The architecture and the promises of the documentation, held by tests."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netviz import settings

CORE = ("machinery", "domains", "engine", "topology", "questions", "catalog.py")


def test_every_import_contract_is_kept(root: Path) -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout


def test_the_models_can_be_imported_by_nobody_but_their_owners(root: Path) -> None:
    """Tests live outside the contracts; this says what the contract itself promises."""
    contracts = (root / "pyproject.toml").read_text(encoding="utf-8")

    assert (
        'allowed_importers = ["cluster.store", "cluster.admin", "cluster.migrations"]' in contracts
    )


def test_every_setting_is_documented_with_its_default(root: Path) -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", read(root / "docs/settings.md"), re.MULTILINE)

    assert documented == sorted(settings.env.scheme)


def test_settings_come_from_the_declared_variables_alone(root: Path) -> None:
    source = read(root / "netviz/settings.py")

    read_variables = set(re.findall(r'env\("([A-Z_]+)"\)', source))

    assert read_variables == set(settings.env.scheme)
    assert "os.environ" not in source


def test_every_make_target_is_documented(root: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", read(root / "Makefile"), re.MULTILINE))
    documented = set(
        re.findall(r"^\| `make ([a-z-]+)` \|", read(root / "README.md"), re.MULTILINE)
    )

    assert documented == targets


def test_every_make_target_says_what_it_does(root: Path) -> None:
    lines = re.findall(r"^[a-z][a-z-]*:.*$", read(root / "Makefile"), re.MULTILINE)

    assert [line for line in lines if "  ## " not in line] == []


@pytest.mark.parametrize("part", CORE)
def test_every_module_of_the_core_says_what_it_is_for(root: Path, part: str) -> None:
    place = root / "cluster" / part
    modules = [place] if place.is_file() else sorted(place.rglob("*.py"))

    silent = [str(module) for module in modules if not ast.get_docstring(ast.parse(read(module)))]

    assert modules
    assert silent == []


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock", "node.lock", "kubectl.lock"])
def test_locks_pin_every_package_by_hash_and_name_no_host(root: Path, lock: str) -> None:
    text = read(root / "requirements" / lock)
    requirements = re.split(
        r"\n(?=\S)", "\n".join(line for line in text.split("\n") if "#" not in line)
    )

    packages = [requirement for requirement in requirements if "==" in requirement]

    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in text
    assert "-url" not in text


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
