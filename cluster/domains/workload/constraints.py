"""What limits the Nodes that a Pod may run on: tolerations, node selection, spreading.

Parsed once per distinct value and shared: the 1,000 Pods of a Deployment hold one `Constraints`,
so the scheduler decides feasibility once for all of them. Source: core/v1 `Affinity`,
`Toleration`, `TopologySpreadConstraint`; semantics.md I-34, I-35, I-38.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from cluster.machinery.manifest import (
    Manifest,
    integer_at,
    mapping_at,
    mappings_at,
    text_at,
    text_map_at,
    texts_at,
)
from cluster.machinery.selectors import Requirement, Selector, selector_at

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
NODE_NAME_FIELD = "metadata.name"


class Taint(NamedTuple):
    """What repels Pods from a Node; `since` is `timeAdded`, None where it is not told."""

    key: str
    value: str
    effect: str
    since: str | None = None

    def __str__(self) -> str:
        """The taint as the scheduler's message prints it."""
        return f"{{{self.key}: {self.value}}}"


class Toleration(NamedTuple):
    """What a Pod puts up with; `seconds` limits how long, None means for ever."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    seconds: int | None = None

    def tolerates(self, taint: Taint) -> bool:
        """Whether the taint does not repel (I-35)."""
        if self.effect and self.effect != taint.effect:
            return False
        if not self.key:
            return self.operator == "Exists"
        if self.key != taint.key:
            return False
        return self.operator == "Exists" or self.value == taint.value


class NodeRequirement(NamedTuple):
    """One condition of a node selector term; Gt and Lt compare whole numbers."""

    key: str
    operator: str
    values: tuple[str, ...]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether `labels` meet the condition; NotIn holds where the key is absent."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case _:
                return value is not None and _compares(value, self.operator, self.values)


class NodeTerm(NamedTuple):
    """Expressions on labels and fields of a Node, all of which must hold; an empty one never."""

    expressions: tuple[NodeRequirement, ...] = ()
    fields: tuple[NodeRequirement, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether the Node called `name` with `labels` meets the term."""
        if not self.expressions and not self.fields:
            return False
        fields = {NODE_NAME_FIELD: name}
        return all(part.matches(labels) for part in self.expressions) and all(
            part.matches(fields) for part in self.fields
        )


class PodTerm(NamedTuple):
    """Pods to be near to or away from; `namespaces` empty and no selector: the Pod's own."""

    selector: Selector | None
    topology_key: str
    namespaces: tuple[str, ...] = ()
    namespace_selector: Selector | None = None


class Spread(NamedTuple):
    """A hard topology spread constraint; `min_domains` is 1 where unset.

    Nodes that the Pod does not select are not counted unless `ignores_affinity`; Nodes whose
    taints it does not tolerate are, unless `honors_taints`.
    """

    selector: Selector | None
    topology_key: str
    max_skew: int = 1
    min_domains: int = 1
    match_label_keys: tuple[str, ...] = ()
    ignores_affinity: bool = False
    honors_taints: bool = False


@dataclass(frozen=True, slots=True)
class Constraints:
    """Everything that decides the feasible Nodes but the Pod's own ports.

    `node_terms` are alternatives; None means any Node. `preferences` are weights of Nodes that
    are liked, of those that are feasible.
    """

    node_selector: tuple[tuple[str, str], ...] = ()
    node_terms: tuple[NodeTerm, ...] | None = None
    tolerations: tuple[Toleration, ...] = ()
    affinity: tuple[PodTerm, ...] = ()
    anti_affinity: tuple[PodTerm, ...] = ()
    spread: tuple[Spread, ...] = ()
    preferences: tuple[tuple[int, NodeTerm], ...] = ()

    def tolerates(self, taint: Taint) -> bool:
        """Whether some toleration covers the taint."""
        return any(toleration.tolerates(taint) for toleration in self.tolerations)

    def repelled_by(self, taints: Iterable[Taint]) -> Taint | None:
        """Return the first taint that keeps such Pods off a Node, None where none does (I-34)."""
        for taint in taints:
            if taint.effect != "PreferNoSchedule" and not self.tolerates(taint):
                return taint
        return None

    def selects(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether nodeSelector and required node affinity admit a Node (I-34)."""
        if any(labels.get(key) != value for key, value in self.node_selector):
            return False
        return self.node_terms is None or any(
            term.matches(name, labels) for term in self.node_terms
        )

    def reluctance(
        self, name: str, labels: Mapping[str, str], taints: Iterable[Taint]
    ) -> tuple[int, int]:
        """Return how little a feasible Node is liked: the least comes first (I-37).

        By the PreferNoSchedule taints that are not tolerated, which weigh more with the
        scheduler (3) than what preferred node affinity says (2), then by its weights.
        """
        soft = sum(
            taint.effect == "PreferNoSchedule" and not self.tolerates(taint) for taint in taints
        )
        liked = sum(weight for weight, term in self.preferences if term.matches(name, labels))
        return soft, -liked

    @property
    def depends_on_pods(self) -> bool:
        """Whether other Pods decide about feasibility, too."""
        return bool(self.affinity or self.anti_affinity or self.spread)


UNCONSTRAINED = Constraints()
_SHARED_MAXIMUM = 65536  # distinct values kept for sharing; beyond it each Pod keeps its own
_FIELDS = ("nodeSelector", "affinity", "tolerations", "topologySpreadConstraints")
_shared: dict[bytes, Constraints] = {}


def parse_constraints(spec: Manifest) -> Constraints:
    """Return the constraints of a checked Pod spec; those written alike are the same object.

    A cluster's Pods have few different ones, and reading what was written costs a fraction of
    taking it apart.
    """
    written = orjson.dumps([spec.get(field) for field in _FIELDS])
    found = _shared.get(written)
    if found is None:
        found = _parse(spec)
        if len(_shared) < _SHARED_MAXIMUM:
            _shared[written] = found
    return found


def _parse(spec: Manifest) -> Constraints:
    affinity = mapping_at(spec, "affinity")
    return Constraints(
        node_selector=tuple(sorted(text_map_at(spec, "nodeSelector").items())),
        node_terms=_node_terms(mapping_at(affinity, "nodeAffinity")),
        tolerations=tuple(parse_toleration(item) for item in mappings_at(spec, "tolerations")),
        affinity=_pod_terms(mapping_at(affinity, "podAffinity")),
        anti_affinity=_pod_terms(mapping_at(affinity, "podAntiAffinity")),
        spread=tuple(
            _spread(item)
            for item in mappings_at(spec, "topologySpreadConstraints")
            if text_at(item, "whenUnsatisfiable") == "DoNotSchedule"
        ),
        preferences=tuple(
            (integer_at(item, "weight") or 0, _node_term(mapping_at(item, "preference")))
            for item in mappings_at(affinity, "nodeAffinity", PREFERRED)
        ),
    )


def parse_toleration(manifest: Manifest) -> Toleration:
    """Return one entry of `spec.tolerations`; the operator defaults to Equal."""
    return Toleration(
        key=text_at(manifest, "key") or "",
        operator=text_at(manifest, "operator") or "Equal",
        value=text_at(manifest, "value") or "",
        effect=text_at(manifest, "effect") or "",
        seconds=integer_at(manifest, "tolerationSeconds"),
    )


def parse_taint(manifest: Manifest) -> Taint:
    """Return one entry of a Node's `spec.taints`."""
    return Taint(
        key=text_at(manifest, "key") or "",
        value=text_at(manifest, "value") or "",
        effect=text_at(manifest, "effect") or "",
        since=text_at(manifest, "timeAdded"),
    )


def pinned_node(constraints: Constraints) -> str | None:
    """Return the one Node that the affinity names, as a DaemonSet's Pods do (I-23), or None."""
    terms = constraints.node_terms
    if terms is None or len(terms) != 1 or terms[0].expressions or len(terms[0].fields) != 1:
        return None
    field = terms[0].fields[0]
    if field.key == NODE_NAME_FIELD and field.operator == "In" and len(field.values) == 1:
        return field.values[0]
    return None


def _node_terms(affinity: Manifest) -> tuple[NodeTerm, ...] | None:
    if not mapping_at(affinity, REQUIRED):
        return None
    return tuple(_node_term(term) for term in mappings_at(affinity, REQUIRED, "nodeSelectorTerms"))


def _node_term(term: Manifest) -> NodeTerm:
    return NodeTerm(
        tuple(_node_requirement(item) for item in mappings_at(term, "matchExpressions")),
        tuple(_node_requirement(item) for item in mappings_at(term, "matchFields")),
    )


def _node_requirement(manifest: Manifest) -> NodeRequirement:
    return NodeRequirement(
        text_at(manifest, "key") or "",
        text_at(manifest, "operator") or "",
        tuple(texts_at(manifest, "values")),
    )


def _pod_terms(affinity: Manifest) -> tuple[PodTerm, ...]:
    return tuple(
        PodTerm(
            selector=selector_at(term, "labelSelector"),
            topology_key=text_at(term, "topologyKey") or "",
            namespaces=tuple(sorted(texts_at(term, "namespaces"))),
            namespace_selector=selector_at(term, "namespaceSelector"),
        )
        for term in mappings_at(affinity, REQUIRED)
    )


def _spread(manifest: Manifest) -> Spread:
    return Spread(
        selector=selector_at(manifest, "labelSelector"),
        topology_key=text_at(manifest, "topologyKey") or "",
        max_skew=integer_at(manifest, "maxSkew") or 1,
        min_domains=integer_at(manifest, "minDomains") or 1,
        match_label_keys=tuple(texts_at(manifest, "matchLabelKeys")),
        ignores_affinity=text_at(manifest, "nodeAffinityPolicy") == "Ignore",
        honors_taints=text_at(manifest, "nodeTaintsPolicy") == "Honor",
    )


def spread_selector(spread: Spread, labels: Mapping[str, str]) -> Selector | None:
    """Return which Pods a constraint counts, seen from a Pod with `labels`."""
    if spread.selector is None or not spread.match_label_keys:
        return spread.selector
    extra = tuple(
        Requirement(key, "In", (labels[key],)) for key in spread.match_label_keys if key in labels
    )
    return Selector((*spread.selector.requirements, *extra))


def _compares(value: str, operator: str, values: tuple[str, ...]) -> bool:
    try:
        number, bound = int(value), int(values[0])
    except (ValueError, IndexError):
        return False
    return number > bound if operator == "Gt" else number < bound
