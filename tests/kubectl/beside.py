"""A program beside a running netviz, in its environment: it answers one line of JSON with another.

Tests ask it about a hundred clusters, and Django starts once. `{"login": PASSWORD}` gives the
administrator that password; `{"settled": [NAMES]}` waits until everything is worked out in those
clusters; `{"contents": NAME, "asked": [VALUES]}` tells what one holds (`tests.kubectl.normal`);
`{"results": NAME}` tells what became of the documents of its imports.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

PATIENCE_SECONDS = 180.0
NUMBERS = frozenset({"id", "cluster_id", "digest"})
"""Columns that say which row it is, or which class: not what is worked out."""


def main() -> None:
    import django  # noqa: PLC0415 - the settings come first

    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201


def answer(question: dict[str, Any]) -> Any:
    match question:
        case {"login": password}:
            return login(password)
        case {"settled": names}:
            return settled(names)
        case {"contents": name, "asked": values}:
            return contents(name, frozenset(values))
        case {"results": name}:
            return results(name)
    raise ValueError(question)


def login(password: str) -> str:
    """Make another superuser: the administrator's token hangs on his own password."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    User.objects.create_superuser("uploader", password=password)
    return "uploader"


def settled(names: list[str]) -> list[str]:
    """Return the clusters that are not settled in time: none."""
    from cluster.store import engine_status, find_cluster  # noqa: PLC0415
    from cluster.store import imports as jobs  # noqa: PLC0415

    waiting = list(names)
    until = time.monotonic() + PATIENCE_SECONDS
    while waiting and time.monotonic() < until:
        handle = find_cluster(waiting[0])
        status = engine_status(handle)
        if (
            status is not None and status.is_settled and status.revision >= handle.revision
            and not any(job.is_active for job in jobs.import_jobs(waiting[0]))
            and not terminating(handle)
        ):  # fmt: skip
            waiting.pop(0)
        else:
            time.sleep(0.05)
    return waiting


def terminating(handle: Any) -> bool:
    """Whether any object still has to go."""
    from cluster.models import Resource  # noqa: PLC0415

    found: bool = Resource.objects.filter(cluster_id=handle.id, deleted__isnull=False).exists()
    return found


def contents(name: str, asked: frozenset[str]) -> dict[str, list[str]]:
    from cluster.models import DNSRecord, PolicyVerdict  # noqa: PLC0415
    from cluster.runtime.replica import Replica  # noqa: PLC0415
    from cluster.store import find_cluster, read  # noqa: PLC0415
    from tests.kubectl.normal import normal  # noqa: PLC0415

    handle = find_cluster(name)
    others = [
        json.dumps({k: v for k, v in row.items() if k not in NUMBERS}, sort_keys=True)
        for model in (DNSRecord, PolicyVerdict)
        for row in model.objects.filter(cluster_id=handle.id).values()
    ]
    with Replica(name).reading() as reading:
        others += [
            f"{found.rule} {found.key} {found.path} {found.message}"
            for found in reading.findings()
        ]  # fmt: skip
    return normal([item.manifest() for item in read.snapshot(handle)], others, asked)


def results(name: str) -> list[dict[str, Any]]:
    from cluster.store import imports as jobs  # noqa: PLC0415

    return [
        {
            "held": job.is_held, "id": job.id, "state": job.state, "outcome": result.outcome,
            "object": f"{result.kind} {result.namespace}/{result.name}".replace(" /", " "),
            "message": result.message, "notices": list(result.notices),
            "file": result.file, "document": result.document,
        }
        for job in jobs.import_jobs(name)
        for result in jobs.import_results(job.id, limit=1_000)
    ]  # fmt: skip


if __name__ == "__main__":
    main()
