"""Tables, and one proxy model per kind. Django starts here.

Only ``cluster.store``, ``cluster.admin`` and migrations import this package.
"""

from cluster.models.derived import (
    DNSRecord,
    EngineState,
    Event,
    Lease,
    PolicyVerdict,
)
from cluster.models.findings import Mute, Sighting
from cluster.models.guard import WriteOutsideStore
from cluster.models.imports import ImportJob, ImportResult
from cluster.models.plans import StoredPlan
from cluster.models.proxies import PROXIES
from cluster.models.tables import Change, Cluster, Ownership, Resource

__all__ = [
    "PROXIES",
    "Change",
    "Cluster",
    "DNSRecord",
    "EngineState",
    "Event",
    "ImportJob",
    "ImportResult",
    "Lease",
    "Mute",
    "Ownership",
    "PolicyVerdict",
    "Resource",
    "Sighting",
    "StoredPlan",
    "WriteOutsideStore",
]
