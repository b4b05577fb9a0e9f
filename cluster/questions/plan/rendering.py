"""A plan as text for a terminal and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster.domains.policy.reach import Reach
from cluster.machinery.findings import Finding
from cluster.machinery.manifest import JSON, Manifest
from cluster.questions.plan.planning import Plan
from cluster.questions.reach.rendering import ports_text

NOTHING = "Nothing changes."
MOST_ROWS = 200
"""Rows of one table in Markdown; a comment on a pull request has 65,536 characters at most."""


def summary(plan: Plan) -> str:
    """Return the plan in numbers: `objects +2 ~1 -0 | reach +14 -3 | findings +1 -2`."""
    parts = [
        f"objects +{len(plan.added)} ~{len(plan.changed)} -{len(plan.removed)}",
        f"reach +{len(plan.reach.gained)} -{len(plan.reach.lost)}",
    ]
    more = (("ports", plan.doors), ("names", plan.names), ("routes", plan.routes))
    for word, (gained, lost, changed) in more:
        if gained or lost or changed:
            parts.append(f"{word} +{len(gained)} ~{len(changed)} -{len(lost)}")
    parts.append(f"findings +{len(plan.new)} -{len(plan.gone)}")
    return " | ".join(parts)


def to_text(plan: Plan) -> str:
    """Return the plan as lines, `+` for what comes and `-` for what goes."""
    lines = [summary(plan)]
    for title, rows in _sections(plan):
        listed = list(rows)
        if listed:
            lines += ["", title, *(f"  {row}" for row in listed)]
    if len(lines) == 1:
        lines.append(NOTHING)
    return "\n".join(lines) + "\n"


def _sections(plan: Plan) -> Iterator[tuple[str, Iterable[str]]]:
    yield "objects", _objects(plan)
    yield "reach", _reach(plan)
    yield "ports", _changes(plan.doors, "service")
    yield "names", _changes(plan.names, "name")
    yield "routes", _changes(plan.routes, "route")
    yield "findings", _findings(plan)
    yield "refused", (f"! {item.object}: {item.error.message}" for item in plan.invalid)


def _objects(plan: Plan) -> Iterator[str]:
    remade = set(plan.remade)
    yield from (f"+ {key}" for key in plan.added)
    for item in plan.changed:
        anew = " (made anew: the API does not change this)" if item.key in remade else ""
        yield f"~ {item.key}: {', '.join(item.fields)}{anew}"
    yield from (f"- {key}" for key in plan.removed)


def _reach(plan: Plan) -> Iterator[str]:
    for sign, rows in (("+", plan.reach.gained), ("-", plan.reach.lost)):
        for row in rows:
            why = plan.why.get(row, "")
            yield f"{sign} {_row(row)}" + (f"  ({why})" if why else "")


def _row(row: Reach) -> str:
    return f"{row.source} => {row.destination} : {ports_text(row.ports)}"


def _changes(
    found: tuple[list[Manifest], list[Manifest], list[Manifest]], what: str
) -> Iterator[str]:
    gained, lost, changed = found
    yield from (f"+ {_named(item, what)}: {_value(item)}" for item in gained)
    yield from (
        f"~ {_named(item, what)}: {_text(item['was'])} -> {_text(item['now'])}" for item in changed
    )
    yield from (f"- {_named(item, what)}: {_value(item)}" for item in lost)


def _named(item: Manifest, what: str) -> str:
    more = item.get("type", item.get("port"))
    return f"{item[what]} {more}" if more else f"{item[what]}"


def _value(item: Manifest) -> str:
    return _text(item.get("data", item.get("backend", item.get("leads"))))


def _text(value: JSON) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _findings(plan: Plan) -> Iterator[str]:
    yield from (f"+ {_finding(finding)}" for finding in plan.new)
    yield from (f"- {_finding(finding)}" for finding in plan.gone)


def _finding(finding: Finding) -> str:
    return f"{finding.severity} {finding.rule} {finding.key}: {finding.message}"


def to_markdown(plan: Plan) -> str:
    """Return the plan as a comment for a pull request: a summary, and tables that fold."""
    lines = ["### What this change does", "", f"`{summary(plan)}`"]
    if not (plan.matters or plan.added or plan.changed or plan.removed or plan.invalid):
        return "\n".join([*lines, "", NOTHING]) + "\n"
    for title, rows in (("Gained", plan.reach.gained), ("Lost", plan.reach.lost)):
        if rows:
            lines += ["", f"#### {title} connections", "", *_table(plan, rows)]
    for title, findings in (("New", plan.new), ("Gone", plan.gone)):
        if findings:
            lines += ["", f"#### {title} findings", ""]
            lines += [f"- **{found.rule}** `{found.key}`: {found.message}" for found in findings]
    for title, listed in _sections(plan):
        rows_ = [] if title in {"reach", "findings"} else list(listed)
        if rows_:
            head = f"<details><summary>{title} ({len(rows_)})</summary>"
            lines += ["", head, "", "```diff", *map(_diff, rows_), "```", "", "</details>"]
    return "\n".join(lines) + "\n"


def _table(plan: Plan, rows: list[Reach]) -> Iterator[str]:
    yield "| from | to | ports | why |"
    yield "| --- | --- | --- | --- |"
    for row in rows[:MOST_ROWS]:
        why = plan.why.get(row, "").replace("|", "\\|")
        yield f"| `{row.source}` | `{row.destination}` | {ports_text(row.ports)} | {why} |"
    if len(rows) > MOST_ROWS:
        yield f"| {len(rows) - MOST_ROWS} more | | | |"


def _diff(line: str) -> str:
    """Return a line as a diff colours it: what changes is neither red nor green."""
    return f"! {line[2:]}" if line.startswith("~ ") else line
