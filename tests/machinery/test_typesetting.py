"""Words are set into Chinese sentences as Chinese is set, into others as they stand."""
# ruff: noqa: RUF001 - Chinese punctuation is wide

from __future__ import annotations

import pytest

from cluster.machinery.typesetting import filled, strung

SENTENCES = {
    "latin stays": ("{n:,} of {m} Pods", {"n": 1000, "m": 2000}, "1,000 of 2000 Pods"),
    "no room between wide": ("{a} 的 {b} 中", {"a": "8 个节点", "b": "Pod"}, "8 个节点的 Pod 中"),
    "room before latin": ("{n} 上的{w}", {"n": "n-2", "w": "kube-proxy"}, "n-2 上的 kube-proxy"),
    "wide brackets": ("被阻断 {where}", {"where": "（全部）"}, "被阻断（全部）"),
    "a wide full stop": ("{text} 就绪", {"text": "好。"}, "好。就绪"),
    "what fills stays": ("{a} b", {"a": "一  二"}, "一  二 b"),
}


@pytest.mark.parametrize(("sentence", "gaps", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_gaps_are_filled_as_the_script_is_set(
    sentence: str, gaps: dict[str, object], expected: str
) -> None:
    assert filled(sentence, gaps) == expected


@pytest.mark.parametrize(
    ("separator", "parts", "expected"),
    [
        (", ", ["web", "node-1"], "web, node-1"),
        (", ", ["Pod web", "就绪"], "Pod web，就绪"),
        (" ", ["它未就绪。", "4 个候选"], "它未就绪。4 个候选"),
        (" ", ["It is not ready.", "4 candidates"], "It is not ready. 4 candidates"),
    ],
)
def test_parts_are_strung_as_the_script_is_set(
    separator: str, parts: list[str], expected: str
) -> None:
    assert strung(separator, parts) == expected
