"""The sentences of diagram 6.5: the answer, why names take the way they take, the Text form."""

from __future__ import annotations

from cluster.domains.dns.response import Record
from cluster.domains.workload.pod import Pod
from cluster.machinery.drawing import Counter, Line, Reason, State, Verdict
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.snapshot import Snapshot
from cluster.machinery.texts import Text, joined, say, say_n
from cluster.questions.dns_servers import Asking
from cluster.questions.views.dns_beyond import is_address_name
from cluster.questions.views.dns_lookup import Lookup, Rung, origins
from cluster.questions.views.policy_reasons import side_text
from cluster.questions.views.words import also, listed, stated

GUIDE = (
    (
        say(
            "Left to right: the Pod reads its resolv.conf and tries one name after the other; "
            "the DNS Service leads each query to a DNS Pod, which answers from the objects at "
            "the right."
        )
    ),
    (
        say(
            "The numbered list is the search list at work: every name above the one that answers "
            "is asked for in vain, each time. A name with a dot at its end is tried alone."
        )
    ),
    (
        say(
            "Nobody was asked: netviz computed each answer from the object it is linked with. "
            "Shields say whether policies let the Pod ask over UDP and TCP 53."
        )
    ),
)
_POINTING = ("A", "AAAA", "CNAME", "PTR")
_ORDINALS = (
    say("first"), say("second"), say("third"), say("fourth"), say("fifth"), say("sixth"),
    say("seventh"), say("eighth"),
)  # fmt: skip


def verdict(lookup: Lookup) -> Verdict:
    """Return the answer to "what does this name mean to this Pod?"."""
    if lookup.pod is None:
        return _without_pod(lookup)
    who, name = f"{lookup.pod.meta.namespace}/{lookup.pod.meta.name}", lookup.name
    server = lookup.server
    assert server is not None  # noqa: S101 - a Pod has one, if only an empty one
    if server.answerer == "none" and lookup.is_unknown:
        return Verdict("unknown", _beyond_text(lookup, who), policy_text(lookup.pod))
    if server.answerer in {"none", "malformed"}:
        why = policy_text(lookup.pod)
        what = (
            say("it asks its Node's name servers, not the cluster's")
            if server.answerer == "none"
            else say("its name server is none")
        )
        return Verdict(
            "deny",
            say("{name} does not resolve from {who}: {what}", name=name, who=who, what=what),
            why,
        )
    if not server.may_ask:
        text = say("{who} cannot ask for {name}: policies stop UDP 53", who=who, name=name)
        return Verdict("deny", text, _why_stopped(server.asking[0]))
    if not lookup.resolves:
        return _unresolved(lookup, who)
    data = listed(list(dict.fromkeys(map(short_data, lookup.records))))
    answer = say("{name} resolves to {data} from {who}", name=name, data=data, who=who)
    if lookup.type not in _POINTING:
        answer = say_n(
            "{name} has {n:,} {type} record for {who}: {data}",
            "{name} has {n:,} {type} records for {who}: {data}",
            len(lookup.records), name=name, type=lookup.type, data=data, who=who,
        )  # fmt: skip
    state: State = "warn" if any(not one.allowed and one.served for one in server.asking) else "ok"
    return Verdict(state, answer, joined(" ", (_ladder_text(lookup), _tcp_text(lookup))))


def _without_pod(lookup: Lookup) -> Verdict:
    why = say("The cluster has no Pod to ask from, so the full name is looked up as it stands.")
    if lookup.records:
        data = listed([record.data for record in lookup.records])
        return Verdict("ok", say("{lookup} means {data}", lookup=lookup.name, data=data), why)
    return Verdict(
        "warn", say("{lookup} has no {type} record", lookup=lookup.name, type=lookup.type), why
    )


def short_data(record: Record) -> str:
    """Return a record's data as a reader says it: of SRV the host and the port."""
    if record.type == "SRV":
        _priority, _weight, port, target = record.data.split(" ")
        return f"{target}:{port}"
    return record.data


def _beyond_text(lookup: Lookup, who: str) -> Text:
    return say(
        "{lookup} is no name of this cluster: what {who} gets is up to servers outside",
        lookup=lookup.name,
        who=who,
    )


def _unknown(lookup: Lookup, who: str) -> Verdict:
    """Return what is said where servers outside decide."""
    wasted = lookup.wasted
    before = (
        say_n("{n:,} query for a name inside comes first.",
              "{n:,} queries for names inside come first.", wasted)
        if wasted else ""
    )  # fmt: skip
    text = _beyond_text(lookup, who)
    if lookup.alias:
        text = say(
            "{lookup} is an alias of {alias} for {who}: its addresses are not known here",
            lookup=lookup.name,
            alias=lookup.alias,
            who=who,
        )
    because = lookup.because.text if lookup.because is not None else ""
    nobody = say("Nobody outside was asked; the setting upstream_dns can say what they answer.")
    return Verdict("unknown", text, joined(" ", (because, before, nobody)))


def _unresolved(lookup: Lookup, who: str) -> Verdict:
    if lookup.is_unknown:
        return _unknown(lookup, who)
    asked = say_n("{n:,} query", "{n:,} queries", lookup.sent)
    because = lookup.because.text if lookup.because is not None else ""
    if lookup.response.rcode == "NOERROR":
        text = say(
            "{lookup} exists, but has no {type} record for {who}",
            lookup=lookup.name,
            type=lookup.type,
            who=who,
        )
        spent = say("{asked} sent, none brought a record.", asked=asked)
        return Verdict("warn", text, joined(" ", (because, spent)))
    text = say(
        "{lookup} does not resolve from {who}: {rcode}",
        lookup=lookup.name,
        who=who,
        rcode=lookup.response.rcode,
    )
    spent = say("{asked} sent, no candidate name exists.", asked=asked)
    why = joined(" ", (because, spent))
    if lookup.server is not None and lookup.server.answerer == "outside":
        assert lookup.pod is not None  # noqa: S101
        why = joined(" ", (policy_text(lookup.pod), say("{asked} sent.", asked=asked)))
    return Verdict("deny", text, why)


def _ladder_text(lookup: Lookup) -> str:
    total = len(lookup.rungs)
    found = next((rung for rung in lookup.rungs if rung.answers), None)
    if found is None:
        return ""
    if total == 1:
        return say("It is asked for as it stands: no query is wasted.")
    place = (
        _ORDINALS[found.number - 1]
        if found.number <= len(_ORDINALS)
        else say("{number}th", number=found.number)
    )
    wasted = lookup.wasted
    spent = (
        say("no query is wasted") if not wasted
        else say("{queries_are} wasted on every lookup",
        queries_are=say_n("{n:,} query is", "{n:,} queries are", wasted))
    )  # fmt: skip
    return say(
        "The {place} of {total} candidate names answers: {spent}.",
        place=place,
        total=total,
        spent=spent,
    )


def _tcp_text(lookup: Lookup) -> str:
    asking = lookup.server.asking if lookup.server is not None else ()
    closed = [one for one in asking if one.protocol == "TCP" and one.served and not one.allowed]
    if not closed:
        return ""
    return say("Policies stop TCP 53: answers too long for UDP will fail.")


def _why_stopped(asking: Asking) -> str:
    found = asking.verdict
    if found is None:
        return say("Nobody listens there.")
    if found.obstacle:
        return stated(found.obstacle)
    return next((side_text(found, side) for side in found.denied_by), "")


def policy_text(pod: Pod) -> str:
    """Return what the Pod's dnsPolicy makes of its resolv.conf (E-45 to E-50)."""
    match pod.dns_policy:
        case "ClusterFirst" if pod.host_network:
            return say(
                "ClusterFirst does not hold on the host network: the Pod asks its Node's "
                "servers, which do not know the cluster's names. ClusterFirstWithHostNet would."
            )
        case "ClusterFirst":
            return say("ClusterFirst: the cluster's DNS is asked for every name.")
        case "ClusterFirstWithHostNet":
            return say(
                "ClusterFirstWithHostNet: the cluster's DNS is asked from the host network."
            )
        case "Default":
            return say(
                "Default: the Pod has its Node's resolv.conf, whose servers do not know the "
                "cluster's names."
            )
        case "None":
            return say("None: resolv.conf holds only what dnsConfig says.")
        case other:
            return say("{other}: not a dnsPolicy that is known.", other=other)


def policy_reason(pod: Pod) -> Reason:
    """Return the dnsPolicy as a reason."""
    name = f"Pod {pod.meta.namespace}/{pod.meta.name}"
    is_special = pod.dns_policy not in {"ClusterFirst", "ClusterFirstWithHostNet"}
    is_bypassed = pod.dns_policy == "ClusterFirst" and pod.host_network
    return Reason(policy_text(pod), name, "spec.dnsPolicy", pod.dns_policy,
                  cause=is_special or is_bypassed)  # fmt: skip


def advice(lookup: Lookup) -> str:
    """Return how to ask with less, empty where nothing is wasted."""
    if lookup.type == "PTR" and not lookup.records and not is_address_name(lookup.name):
        return say("PTR records are asked for by address: type one in the place of the name.")
    found = next((rung for rung in lookup.rungs if rung.answers or rung.is_unknown), None)
    if found is None or not lookup.wasted:
        return ""
    dots, ndots = lookup.name.count("."), lookup.conf.ndots
    if dots < ndots:
        why = say(
            "{lookup} has {dots} and ndots is {ndots}, so the search list goes first.",
            lookup=lookup.name,
            dots=say_n("{n:,} dot", "{n:,} dots", dots),
            ndots=ndots,
        )

    else:
        why = say(
            "{lookup} has {dots}, so it is tried as it stands first.",
            lookup=lookup.name,
            dots=say_n("{n:,} dot", "{n:,} dots", dots),
        )
    return joined(" ", (why, say("Asking for {name} needs one candidate.", name=found.name)))


def counters(lookup: Lookup) -> tuple[Counter, ...]:
    """Return queries sent and wasted, records, their TTL, and what policies allow."""
    wasted = lookup.wasted
    found = [
        Counter(lookup.sent, say("queries sent")),
        Counter(wasted, say("wasted"), "warn" if wasted else "ok"),
        Counter(len(lookup.records), say("records"), _records_state(lookup)),
    ]
    if lookup.records:
        found.append(Counter(min(record.ttl for record in lookup.records), say("seconds to live")))
    asking = lookup.server.asking if lookup.server is not None else ()
    served = [one for one in asking if one.served]
    if served:
        allowed = sum(one.allowed for one in served)
        state: State = "ok" if allowed == len(served) else "warn" if allowed else "deny"
        note = say("of {protocols}", protocols=also([one.protocol for one in served]))
        found.append(Counter(allowed, say("allowed on port 53"), state, note))
    return tuple(found)


def _records_state(lookup: Lookup) -> State | None:
    if lookup.is_unknown:
        return "unknown"
    return None if lookup.records else "deny"


def rung_state(rung: Rung) -> State:
    """Return a candidate's state."""
    if rung.is_unknown:
        return "unknown"
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
    lines = [Line(stated(opening.text, opening.why))]
    if lookup.pod is not None:
        conf = tuple(Line(text) for text in lookup.conf.text.splitlines())
        lines.append(Line(say("Its resolv.conf. {policy}", policy=policy_text(lookup.pod)), conf))
        lines += [
            Line(
                say(
                    "The kubelet records {reason}: {message}",
                    reason=event.reason,
                    message=event.message,
                )
            )
            for event in lookup.conf.events
        ]
    lines.append(
        Line(say("Names tried, in order:"), tuple(
            Line(say("{rung} {queries}: {outcome}", rung=rung.name,
            queries=also([q.type for q in rung.queries]) or lookup.type,
            outcome=rung.outcome))
            for rung in lookup.rungs
        ))
    )  # fmt: skip
    if lookup.records:
        lines.append(
            Line(say("Records, computed and not looked up:"), tuple(
                Line(say("{r} {ttl} {type} {data}, from {origin}", r=r.name, ttl=r.ttl,
                type=r.type, data=r.data, origin=origin_text(snapshot, r)))
                for r in lookup.records
            ))
        )  # fmt: skip
    asking = lookup.server.asking if lookup.server is not None else ()
    if asking:
        lines.append(Line(say("May it ask?"), tuple(Line(asking_text(one)) for one in asking)))
    tip = advice(lookup)
    return (*lines, Line(tip)) if tip else tuple(lines)


def origin_text(snapshot: Snapshot, record: Record) -> str:
    """Return what a record was computed from, in words."""
    return listed([str(one.key) if one.key else one.word for one in origins(snapshot, record)])


def asking_text(asking: Asking) -> str:
    """Return whether policies let the Pod ask over one protocol."""
    if not asking.served:
        return say("{protocol} 53: nobody listens.", protocol=asking.protocol)
    if asking.allowed:
        text = say("{protocol} 53: allowed", protocol=asking.protocol)
        if asking.passing < asking.total:
            return say(
                "{text} to {passing} of {total} servers.",
                text=text,
                passing=asking.passing,
                total=asking.total,
            )
        return stated(text)
    return say(
        "{protocol} 53: stopped. {why_stopped}",
        protocol=asking.protocol,
        why_stopped=_why_stopped(asking),
    )


def _notes(lookup: Lookup) -> list[JSON]:
    """Return the sentences under the drawing."""
    found: list[JSON] = [
        {"state": "unknown", "text": say("Computed from the cluster's objects: nobody was asked.")}
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
            "types": joined(", ", (query.type for query in rung.queries)) or lookup.type,
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
