"""The catalogues of other languages hold every sentence there is, translated, and no other."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_every_sentence_is_translated(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("messages", root / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    messages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(messages)

    assert list(messages.faults_of_catalogues()) == []
