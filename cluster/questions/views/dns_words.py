"""The sentences of diagram 6.5: the answer, why names take the way they take, the Text form."""

from __future__ import annotations

from cluster.domains.dns.response import Record
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Counter, Line, Reason, State, Verdict
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.questions.dns_servers import Asking
from cluster.questions.views.dns_lookup import Lookup, Rung, origins
from cluster.questions.views.policy_reasons import side_text
from cluster.questions.views.words import counted, listed

GUIDE = (
    (
        "Left to right: the Pod reads its resolv.conf and tries one name after the other; the DNS "
        "Service leads each query to a DNS Pod, which answers from the objects at the right."
    ),
    (
        "The numbered list is the search list at work: every name above the one that answers is "
        "asked for in vain, each time. A name with a dot at its end is tried alone."
    ),
    (
        "Nobody was asked: netviz computed each answer from the object it is linked with. Shields "
        "say whether policies let the Pod ask over UDP and TCP 53."
    ),
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def verdict(lookup: Lookup) -> Verdict:
    """Return the answer to "what does this name mean to this Pod?"."""
    if lookup.pod is None:
        return _without_pod(lookup)
    who, name = f"{lookup.pod.meta.namespace}/{lookup.pod.meta.name}", lookup.name
    server = lookup.server
    assert server is not None  # noqa: S101 - a Pod has one, if only an empty one
    if server.answerer in {"none", "malformed"}:
        why = policy_text(lookup.pod)
        what = "it has no name server" if server.answerer == "none" else "its name server is none"
        return Verdict("deny", f"{name} does not resolve from {who}: {what}", why)
    if not server.may_ask:
        text = f"{who} cannot ask for {name}: policies stop UDP 53"
        return Verdict("deny", text, _why_stopped(server.asking[0]))
    if not lookup.resolves:
        return _unresolved(lookup, who)
    data = [record.data for record in lookup.records]
    text = f"{name} resolves to {listed(list(dict.fromkeys(data)))} from {who}"
    state: State = "warn" if any(not one.allowed and one.served for one in server.asking) else "ok"
    return Verdict(state, text, _ladder_text(lookup) + _tcp_text(lookup))


def _without_pod(lookup: Lookup) -> Verdict:
    why = "The cluster has no Pod to ask from, so the full name is looked up as it stands."
    if lookup.records:
        data = listed([record.data for record in lookup.records])
        return Verdict("ok", f"{lookup.name} means {data}", why)
    return Verdict("warn", f"{lookup.name} has no {lookup.type} record", why)


def _unresolved(lookup: Lookup, who: str) -> Verdict:
    asked = counted(lookup.sent, "query", "queries")
    if lookup.response.rcode == "NOERROR":
        text = f"{lookup.name} exists, but has no {lookup.type} record for {who}"
        return Verdict("warn", text, f"{asked} sent, none brought a record.")
    text = f"{lookup.name} does not resolve from {who}: {lookup.response.rcode}"
    why = f"{asked} sent, no candidate name exists."
    if lookup.server is not None and lookup.server.answerer == "outside":
        assert lookup.pod is not None  # noqa: S101
        why = f"{policy_text(lookup.pod)} {asked} sent."
    return Verdict("deny", text, why)


def _ladder_text(lookup: Lookup) -> str:
    total = len(lookup.rungs)
    found = next((rung for rung in lookup.rungs if rung.answers), None)
    if found is None:
        return ""
    if total == 1:
        return "It is asked for as it stands: no query is wasted."
    place = _ORDINALS[found.number - 1] if found.number <= len(_ORDINALS) else f"{found.number}th"
    wasted = lookup.wasted
    spent = (
        "no query is wasted" if not wasted
        else f"{counted(wasted, 'query is', 'queries are')} wasted on every lookup"
    )  # fmt: skip
    return f"The {place} of {total} candidate names answers: {spent}."


def _tcp_text(lookup: Lookup) -> str:
    asking = lookup.server.asking if lookup.server is not None else ()
    closed = [one for one in asking if one.protocol == "TCP" and one.served and not one.allowed]
    if not closed:
        return ""
    return " Policies stop TCP 53: answers too long for UDP will fail."


def _why_stopped(asking: Asking) -> str:
    found = asking.verdict
    if found is None:
        return "Nobody listens there."
    if found.obstacle:
        return f"{found.obstacle}."
    return next((side_text(found, side) for side in found.denied_by), "")


def policy_text(pod: Pod) -> str:
    """Return what the Pod's dnsPolicy makes of its resolv.conf (E-45 to E-50)."""
    match pod.dns_policy:
        case "ClusterFirst" if pod.host_network:
            return (
                "ClusterFirst does not hold on the host network: the Pod asks its Node's servers, "
                "which do not know the cluster's names. ClusterFirstWithHostNet would."
            )
        case "ClusterFirst":
            return "ClusterFirst: the cluster's DNS is asked for every name."
        case "ClusterFirstWithHostNet":
            return "ClusterFirstWithHostNet: the cluster's DNS is asked from the host network."
        case "Default":
            return (
                "Default: the Pod has its Node's resolv.conf, whose servers do not know the "
                "cluster's names."
            )
        case "None":
            return "None: resolv.conf holds only what dnsConfig says."
        case other:
            return f"{other}: not a dnsPolicy that is known."


def policy_reason(pod: Pod) -> Reason:
    """Return the dnsPolicy as a reason."""
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    is_special = pod.dns_policy not in {"ClusterFirst", "ClusterFirstWithHostNet"}
    is_bypassed = pod.dns_policy == "ClusterFirst" and pod.host_network
    return Reason(policy_text(pod), name, "spec.dnsPolicy", pod.dns_policy,
                  cause=is_special or is_bypassed)  # fmt: skip


def advice(lookup: Lookup) -> str:
    """Return how to ask with less, empty where nothing is wasted."""
    found = next((rung for rung in lookup.rungs if rung.answers), None)
    if found is None or not lookup.wasted:
        return ""
    dots, ndots = lookup.name.count("."), lookup.conf.ndots
    if dots < ndots:
        why = f"{lookup.name} has {counted(dots, 'dot')} and ndots is {ndots}, so the search list "
        why += "goes first."
    else:
        why = f"{lookup.name} has {counted(dots, 'dot')}, so it is tried as it stands first."
    return f"{why} Asking for {found.name} needs one candidate."


def counters(lookup: Lookup) -> tuple[Counter, ...]:
    """Return queries sent and wasted, records, their TTL, and what policies allow."""
    wasted = lookup.wasted
    found = [
        Counter(lookup.sent, "queries sent"),
        Counter(wasted, "wasted", "warn" if wasted else "ok"),
        Counter(len(lookup.records), "records", None if lookup.records else "deny"),
    ]
    if lookup.records:
        found.append(Counter(min(record.ttl for record in lookup.records), "seconds to live"))
    asking = lookup.server.asking if lookup.server is not None else ()
    served = [one for one in asking if one.served]
    if served:
        allowed = sum(one.allowed for one in served)
        state: State = "ok" if allowed == len(served) else "warn" if allowed else "deny"
        note = "of " + " and ".join(one.protocol for one in served)
        found.append(Counter(allowed, "allowed on port 53", state, note))
    return tuple(found)


def rung_state(rung: Rung) -> State:
    """Return a candidate's state."""
    if rung.answers:
        return "ok"
    if rung.is_stopped:
        return "deny"
    if not rung.is_sent:
        return "skip"
    return "warn" if all(query.rcode == "NOERROR" for query in rung.queries) else "deny"


def describe(snapshot: Snapshot, lookup: Lookup) -> tuple[Line, ...]:
    """Return the Text form: the answer, resolv.conf, the queries, the records, the policies."""
    opening = verdict(lookup)
    lines = [Line(f"{opening.text}. {opening.why}".strip())]
    if lookup.pod is not None:
        conf = tuple(Line(text) for text in lookup.conf.text.splitlines())
        lines.append(Line(f"Its resolv.conf. {policy_text(lookup.pod)}", conf))
        lines += [
            Line(f"The kubelet records {event.reason}: {event.message}")
            for event in lookup.conf.events
        ]
    lines.append(
        Line("Names tried, in order:", tuple(
            Line(f"{rung.name} {' and '.join(q.type for q in rung.queries) or lookup.type}: "
                 f"{rung.outcome}")
            for rung in lookup.rungs
        ))
    )  # fmt: skip
    if lookup.records:
        lines.append(
            Line("Records, computed and not looked up:", tuple(
                Line(f"{r.name} {r.ttl} {r.type} {r.data}, from {origin_text(snapshot, r)}")
                for r in lookup.records
            ))
        )  # fmt: skip
    asking = lookup.server.asking if lookup.server is not None else ()
    if asking:
        lines.append(Line("May it ask?", tuple(Line(asking_text(one)) for one in asking)))
    tip = advice(lookup)
    return (*lines, Line(tip)) if tip else tuple(lines)


def origin_text(snapshot: Snapshot, record: Record) -> str:
    """Return what a record was computed from, in words."""
    return listed([str(one.key) if one.key else one.word for one in origins(snapshot, record)])


def asking_text(asking: Asking) -> str:
    """Return whether policies let the Pod ask over one protocol."""
    if not asking.served:
        return f"{asking.protocol} 53: nobody listens."
    if asking.allowed:
        text = f"{asking.protocol} 53: allowed"
        if asking.passing < asking.total:
            return f"{text} to {asking.passing} of {asking.total} servers."
        return f"{text}."
    return f"{asking.protocol} 53: stopped. {_why_stopped(asking)}"


def _notes(lookup: Lookup) -> list[JSON]:
    """Return the sentences under the drawing."""
    found: list[JSON] = [
        {"state": "unknown", "text": "Computed from the cluster's objects: nobody was asked."}
    ]
    if lookup.pod is not None:
        state = "warn" if policy_reason(lookup.pod).cause else "ok"
        found.append({"state": state, "text": policy_text(lookup.pod)})
    tip = advice(lookup)
    if tip:
        found.append({"state": "warn", "text": tip})
    return found


def detail(snapshot: Snapshot, lookup: Lookup, pods: list[str]) -> Manifest:
    """Return what stands beside the drawing: the form, the queries, the records."""
    ladder: list[JSON] = [
        {
            "number": rung.number, "name": rung.name, "outcome": rung.outcome,
            "types": ", ".join(query.type for query in rung.queries) or lookup.type,
            "state": rung_state(rung), "answers": rung.answers,
        }
        for rung in lookup.rungs
    ]  # fmt: skip
    choices: list[JSON] = list(pods)
    pod = lookup.pod
    return {
        "pod": f"{pod.meta.namespace}/{pod.meta.name}" if pod is not None else "",
        "name": lookup.name,
        "type": lookup.type,
        "pods": choices,
        "ladder": ladder,
        "notes": _notes(lookup),
        "asking": [asking_text(one) for one in (lookup.server.asking if lookup.server else ())],
    }
