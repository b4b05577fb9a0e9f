"""Write docs/findings.md from the catalogue of findings; run it after changing one.

Takes no arguments. `tests/questions/test_findings_catalogue.py` holds the page current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cluster.machinery.findings import FindingRule  # noqa: E402
from cluster.questions.rules import FINDINGS  # noqa: E402

PAGE = ROOT / "docs" / "findings.md"
AREAS = {
    "NV0": "Uploads",
    "NV1": "Services and their endpoints",
    "NV2": "Names",
    "NV3": "Ingresses",
    "NV4": "NetworkPolicies",
    "NV5": "Workloads and Pods",
}
INTRODUCTION = """# Findings

What netviz tells about objects that Kubernetes accepts as they are. A finding names the object and
the field to blame, in one sentence; ids are stable, and each has a help page in the dashboard
(`/help/findings/NV101`). `netviz check PATH...` prints the findings about manifests.

Severity **error** means that traffic certainly fails, **warning** that it likely surprises,
**info** is a remark. A finding can be milder than its rule where less is certain.

This page is made from the catalogue by `scripts/findings_page.py`.
"""


def render() -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, *_summary(), *_chapters()]) + "\n"


def _summary() -> Iterator[str]:
    yield "| id | severity | finding |"
    yield "|---|---|---|"
    for rule in FINDINGS.values():
        yield f"| [{rule.id}](#{rule.id.lower()}) | {rule.severity} | {rule.title} |"
    yield ""


def _chapters() -> Iterator[str]:
    for prefix, title in AREAS.items():
        yield f"## {title}"
        yield ""
        for rule in FINDINGS.values():
            if rule.id.startswith(prefix):
                yield from _entry(rule)


def _entry(rule: FindingRule) -> Iterator[str]:
    yield f"### {rule.id}"
    yield ""
    yield f"**{rule.title}** ({rule.severity})"
    yield ""
    yield f"{rule.cause}"
    yield ""
    yield f"*What to do:* {rule.remedy}"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
