"""Print a line per application of ../shared/corpora: what an upload of it comes to, in memory.

    .venv/bin/python -m tests.corpora.table [NAME ...]

Ends with status 1 if anything differs from what is known of an application. `tests/corpora` does
the same through the dashboard's upload and the store, and knows which differences are meant.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from cluster.domains.service.endpointslice import EndpointSlice
from cluster.domains.service.service import Service
from cluster.domains.workload.pod import Pod
from cluster.machinery.decode import Upload, documents
from cluster.machinery.limits import Limits
from cluster.machinery.settings import dual_stack, parse_settings
from cluster.questions.facts import Facts
from cluster.questions.seeding import seed
from tests.corpora.applications import Application, applications
from tests.corpora.comparison import differences

COLUMNS = ("documents", "refused", "skipped", "pods", "services", "slices", "findings", "ms")


def main(names: list[str]) -> int:
    """Print the table, with the differences below it; returns how many there are."""
    print(f"{'application':38}" + "".join(f"{column:>10}" for column in COLUMNS))
    told: list[str] = []
    for application in applications():
        if names and application.name not in names:
            continue
        numbers, differing = work_out(application)
        print(f"{application.name:38}" + "".join(f"{numbers[name]:>10}" for name in COLUMNS))
        told += [f"{application.name}: {text}" for text in differing]
    print(*told, sep="\n")
    return len(told)


def work_out(application: Application) -> tuple[Counter[str], list[str]]:
    """Return an application's numbers, and where it differs from what is known of it."""
    started = time.perf_counter()
    uploads = (Upload(application.upload_name(f), f.read_bytes()) for f in application.files)
    read = [found for found in documents(uploads, Limits.upload()) if not found.empty]
    settings = parse_settings(dual_stack({}) if application.is_dual_stack else {})
    manifests = [found.manifest for found in read if found.manifest is not None]
    seeded = seed(manifests, settings, mode="import")
    snapshot = seeded.simulator.snapshot
    facts = Facts(seeded.simulator.engine.facts)
    skipped = sum(refused.is_unknown_kind for refused in seeded.refused)
    numbers = Counter(
        documents=len(read),
        refused=len(seeded.refused) - skipped + len(read) - len(manifests),
        skipped=skipped,
        pods=snapshot.count(Pod),
        services=snapshot.count(Service),
        slices=snapshot.count(EndpointSlice),
        findings=len(facts.all()),
        ms=round(1000 * (time.perf_counter() - started)),
    )
    told = differences(snapshot, facts, application.facts)
    refused = [f"refused: {r.error.message}" for r in seeded.refused if not r.is_unknown_kind]
    return numbers, refused + told


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
