"""The sentences of diagram 6.6: who answers, what is broken, what becomes of a tried request."""

from __future__ import annotations

from cluster.domains.ingress.ingress import Ingress
from cluster.machinery.drawing import Counter, Line, Reason, State, Verdict
from cluster.machinery.manifest import JSON, Manifest
from cluster.machinery.texts import joined, say, say_n, shaped
from cluster.questions.views.ingress_routes import Routes, Row, Tried
from cluster.questions.views.words import listed, stated

GUIDE = (
    (
        say(
            "Left to right: the class says which controller answers; it picks the closest host, "
            "then the first path from the top that matches, and sends to the endpoints of that "
            "Service."
        )
    ),
    (
        say(
            "Paths stand in match order: the longest first, Exact before Prefix of the same "
            "length. Where two Ingresses hold the same host and path the older one wins; that is "
            "up to the controller, so it is drawn as assumed."
        )
    ),
    (
        say(
            "Type a URL into the box: the path that answers lights up, and every other one says "
            "why it does not."
        )
    ),
)
OK, UNAVAILABLE, NOT_FOUND = 200, 503, 404
OUTCOME_WORD = {
    "served": say("served"), "no class": say("no class"), "no such class": say("no such class"),
    "other controller": say("other controller"),
}  # fmt: skip


def verdict(routes: Routes) -> Verdict:
    """Return the answer: of the request that is tried, else of the whole Ingress."""
    if routes.tried is not None:
        return _tried(routes, routes.tried)
    name = _name(routes.ingress)
    refused = _not_served(routes, name)
    if refused is not None:
        return refused
    if not routes.rows:
        text = say("{name} has no path: every request gets 404", name=name)
        return Verdict("warn", text, say("It has no rule with paths and no default backend."))
    good, total = len(routes.answering), len(routes.rows)
    hosts = listed([host or say("every host") for host in routes.hosts]) or say("every request")
    services = {str(row.backend.service) for row in routes.answering}
    if good < total:
        bad = next(row for row in routes.rows if not row.answers)
        text = say(
            "{name} answers {good} of its {paths} of {hosts}",
            name=name,
            good=good,
            paths=say_n("{n:,} path", "{n:,} paths", total),
            hosts=hosts,
        )
        return Verdict(
            "deny" if not good else "warn",
            text,
            say("{path}: {word}.", path=bad.path, word=bad.word),
        )
    text = say(
        "{name} routes {hosts} to {services}",
        name=name,
        hosts=hosts,
        services=listed(sorted(services)),
    )
    if not routes.ingress.addresses:
        return Verdict("warn", text, say("It has no address yet: no client can find it."))
    where = listed([entry.ip or entry.hostname for entry in routes.ingress.addresses])
    return Verdict(
        "ok",
        text,
        say(
            "All {paths} answer, at {where}.",
            paths=say_n("{n:,} path", "{n:,} paths", total),
            where=where,
        ),
    )


def _name(ingress: Ingress) -> str:
    return f"{ingress.meta.namespace}/{ingress.meta.name}"


def _not_served(routes: Routes, name: str) -> Verdict | None:
    word = routes.ingress.class_word
    match routes.serving.outcome:
        case "no class":
            text = say("{name} is answered by nobody: it asks for no class", name=name)
            return Verdict(
                "deny", text, say("IngressClasses exist, and none of them is the default.")
            )
        case "no such class":
            text = say(
                "{name} is answered by nobody: there is no IngressClass {word}",
                name=name,
                word=word or "",
            )
            return Verdict("deny", text, say("No controller looks at it."))
        case "other controller":
            text = say(
                "{name} is left to {controller}", name=name, controller=routes.serving.controller
            )
            return Verdict(
                "unknown", text, say("What that controller does with it is not known here.")
            )
        case "served":
            return None


def _tried(routes: Routes, tried: Tried) -> Verdict:
    routed = tried.routed
    if routed.status == NOT_FOUND:
        return Verdict("deny", say("{url} gets 404", url=tried.url), routed.why[-1].text)
    assert routed.ingress is not None  # noqa: S101 - somebody answers
    backend = str(routed.backend)
    cause = next((reason for reason in routed.why if reason.cause), routed.why[-1])
    if not tried.is_here:
        other = _name(routed.ingress)
        text = say(
            "{url} is answered by another Ingress: {other} sends it to {backend}",
            url=tried.url,
            other=other,
            backend=backend,
        )
        return Verdict("warn", text, cause.text)
    if routed.status == UNAVAILABLE:
        return Verdict(
            "deny",
            say("{url} gets 503 from {backend}", url=tried.url, backend=backend),
            routed.why[-1].text,
        )
    count = say_n("{n:,} endpoint", "{n:,} endpoints", len(routed.endpoints))
    return Verdict(
        "ok",
        say(
            "{url} goes to {backend}, one of {count}",
            url=tried.url,
            backend=backend,
            count=count,
        ),
        cause.text,
    )


def counters(routes: Routes) -> tuple[Counter, ...]:
    """Return hosts, paths, how many answer, the endpoints behind them, hosts with TLS."""
    total, good = len(routes.rows), len(routes.answering)
    endpoints = {end for row in routes.answering for end in row.resolved.endpoints}
    state: State = "ok" if good == total else "warn" if good else "deny"
    secured = {host for tls in routes.ingress.tls for host in tls.hosts or ("",)}
    found = [
        Counter(len(routes.hosts), say("host") if len(routes.hosts) == 1 else say("hosts")),
        Counter(
            good,
            say("paths answer"),
            state if total else None,
            say("of {total}", total=f"{total:,}"),
        ),
        Counter(len(endpoints), say("endpoints"), None if endpoints else "deny"),
    ]
    if secured:
        found.append(Counter(len(secured), say("with TLS"), "ok"))
    addresses = routes.ingress.addresses
    found.append(Counter(len(addresses), say("addresses"), None if addresses else "warn"))
    return tuple(found)


def row_word(routes: Routes, row: Row) -> tuple[State, str]:
    """Return state and word of a row: by the request that is tried, else by itself."""
    tried = routes.tried
    if tried is None:
        return row.state, row.word
    if tried.winner == row.where:
        return row.state, say("answers: {status}", status=tried.routed.status)
    lost = tried.lost.get(row.where, "")
    if not lost:
        lost = say("a rule answers") if row.is_default else say("its host is another")
    return "skip", shaped(lost, _reason_alone)


def _reason_alone(text: str) -> str:
    return text.removeprefix("Not this one: ").rstrip(".\N{IDEOGRAPHIC FULL STOP}")


def describe(routes: Routes) -> tuple[Line, ...]:
    """Return the Text form."""
    opening = verdict(routes)
    lines = [Line(stated(opening.text, opening.why))]
    word = routes.ingress.class_word
    controller = routes.serving.controller or say("no controller")
    lines.append(
        Line(
            say(
                "Class {word}: {outcome}, {controller}",
                word=word or say("none"),
                outcome=OUTCOME_WORD[routes.serving.outcome],
                controller=controller,
            )
        )
    )
    for host in routes.hosts:
        found = [row for row in routes.rows if row.host == host and not row.is_default]
        lines.append(
            Line(
                f"{host}:" if host else say("Every host:"),
                tuple(_line(routes, row) for row in found),
            )
        )
    lines += [_line(routes, row) for row in routes.rows if row.is_default]
    if routes.tried is not None:
        why = (*routes.tried.routed.why, *routes.tried.routed.losers)
        items = tuple(Line(joined(" ", (r.text, r.object, r.path))) for r in why)
        lines.append(Line(say("Tried {url}:", url=routes.tried.url), items))
    return tuple(lines)


def _line(routes: Routes, row: Row) -> Line:
    return Line(
        say(
            "{path} ({path_type}) to {backend}: {row}",
            path=row.path,
            path_type=row.path_type,
            backend=str(row.backend),
            row=row_word(routes, row)[1],
        )
    )


def detail(routes: Routes, url: str) -> Manifest:
    """Return what stands beside the drawing: the box to try a URL in, and what became of it."""
    tried = routes.tried
    found: Manifest = {"url": url, "notes": _notes(routes)}
    if tried is not None:
        routed = tried.routed
        why: list[JSON] = [_reason(r.text, r.object, r.path, r.value) for r in routed.why]
        losers: list[JSON] = [_reason(r.text, r.object, r.path, r.value) for r in routed.losers]
        found["tried"] = {
            "url": tried.url, "status": routed.status, "here": tried.is_here, "why": why,
            "losers": losers, "endpoints": [*routed.endpoints[:20]],
            "more": max(0, len(routed.endpoints) - 20), "secret": routed.tls_secret,
            "ingress": _name(routed.ingress) if routed.ingress is not None else None,
        }  # fmt: skip
    return found


def _notes(routes: Routes) -> list[JSON]:
    """Return the sentences under the drawing: what is assumed, who else has a say."""
    found: list[JSON] = []
    if any(row.shadow for row in routes.rows):
        text = say(
            "Of two equal routes the oldest wins: that is up to the controller, so it is assumed."
        )
        found.append({"state": "unknown", "text": text})
    tried = routes.tried
    if tried is not None:
        found += [
            {"state": "unknown", "text": _placed(r)} for r in tried.routed.why if not r.cause
        ]
        other = f"Ingress {_name(routes.ingress)}"
        losers = [r for r in tried.routed.losers if r.object != other]
        found += [{"state": "skip", "text": _placed(reason)} for reason in losers[:3]]
    return found


def _placed(reason: Reason) -> str:
    """Return a reason with where it stands."""
    place = " ".join(part for part in (reason.object, reason.path) if part)
    return joined(" ", (reason.text, f"[{place}]" if place else ""))


def _reason(text: str, about: str, path: str, value: str) -> Manifest:
    return {"text": text, "object": about, "path": path, "value": value}
