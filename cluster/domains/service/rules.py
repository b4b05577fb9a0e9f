"""The rules of this domain, in the order in which they run."""

from __future__ import annotations

from cluster.domains.service.endpointslices import EndpointSlices
from cluster.domains.service.load_balancer import LoadBalancers
from cluster.domains.service.mirroring import Mirroring
from cluster.machinery.rule import Rule

RULES: tuple[Rule, ...] = (LoadBalancers(), EndpointSlices(), Mirroring())
