"""Plans of a stored cluster keep nobody waiting."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from cluster.questions.plan.question import planned_whole
from cluster.questions.plan.report import Planned
from cluster.runtime import planning
from cluster.runtime.replica import replicas

DENY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: default}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""


def test_the_replica_is_free_while_a_plan_is_worked_out(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    free: list[bool] = []

    def beside(*given: Any) -> Planned:
        def take() -> None:
            lock = replicas[shop]._lock
            free.append(lock.acquire(timeout=1))
            lock.release()

        found = planned_whole(*given)  # by then it has looked at everything it needs
        reader = Thread(target=take)
        reader.start()
        reader.join()
        return found

    monkeypatch.setattr(planning, "planned_whole", beside)
    kept = planning.make_plan(cluster=shop, text=DENY, title="", actor="tests")

    assert free == [True]
    assert kept.result["counts"]["added"] == 1  # type: ignore[index,call-overload]
