"""The catalogues of other languages hold every sentence there is, translated, and no other."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path


def test_every_sentence_is_translated(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("messages", root / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)

    assert list(messages.faults_of_catalogues()) == []


def test_no_sentence_hides_where_it_is_not_gathered(root: Path) -> None:
    """Sentences inside f-strings, and inside the arguments of other sentences in scripts."""
    in_python = re.compile(r"""f"[^"\n]*\{[^}"\n]*\b(?:say|say_n|gettext|ngettext|_)\('""")
    hidden = [
        f"{path.relative_to(root)}: {found[0]}"
        for path in sorted((root / "cluster").rglob("*.py"))
        for found in in_python.finditer(path.read_text())
    ]
    kept = (root / "cluster/locale/zh_Hans/LC_MESSAGES/djangojs.po").read_text()
    known = set(re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r'"\n"', "", kept)))
    for path in sorted((root / "static" / "js").rglob("*.js")):
        for _quote, text in re.findall(
            r"\bn?gettext\(\s*(['\"])((?:(?!\1).)*)\1", path.read_text()
        ):
            if text.replace('"', '\\"') not in known and len(text) > 1:
                hidden.append(f"{path.relative_to(root)}: {text}")

    assert hidden == []
