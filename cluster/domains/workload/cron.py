"""The schedule of a CronJob: whether it can be read. Netviz starts nothing by it (I-27).

Source: github.com/robfig/cron/v3 `ParseStandard`; pkg/apis/batch/validation.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DESCRIPTORS = frozenset({
    "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
})  # fmt: skip
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_DURATION = re.compile(r"([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)")


class _Bounds(NamedTuple):
    low: int
    high: int
    names: dict[str, int]


FIELDS = (
    _Bounds(0, 59, {}),
    _Bounds(0, 23, {}),
    _Bounds(1, 31, {}),
    _Bounds(1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    _Bounds(0, 6, {name: number for number, name in enumerate(_DAYS)}),
)  # minute, hour, day of the month, month, day of the week


def schedule_problem(schedule: str) -> str | None:
    """Return what is wrong with a schedule, None where it can be read."""
    if schedule.startswith("@"):
        return _descriptor_problem(schedule)
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        listed = " ".join(parts)
        return f"expected exactly 5 fields, found {len(parts)}: [{listed}]"
    for part, bounds in zip(parts, FIELDS, strict=True):
        for expression in part.split(","):
            problem = _range_problem(expression, bounds)
            if problem is not None:
                return problem
    return None


def _descriptor_problem(schedule: str) -> str | None:
    if schedule in DESCRIPTORS:
        return None
    if schedule.startswith("@every "):
        duration = schedule.removeprefix("@every ").lstrip("+-")
        if duration == "0" or (duration and not _DURATION.sub("", duration)):
            return None
        return f'failed to parse duration {schedule}: time: invalid duration "{duration}"'
    return f"unrecognized descriptor: {schedule}"


def _range_problem(expression: str, bounds: _Bounds) -> str | None:
    span, *steps = expression.split("/")
    if len(steps) > 1:
        return f"too many slashes: {expression}"
    low, *more = span.split("-")
    if len(more) > 1:
        return f"too many hyphens: {expression}"
    if low in {"*", "?"}:
        start, end = bounds.low, bounds.high
    else:
        found = [_number(text, bounds) for text in (low, *more)]
        if None in found:
            bad = (low, *more)[found.index(None)]
            return f"failed to parse int from {bad}: strconv.Atoi: parsing {bad!r}: invalid syntax"
        numbers = [number for number in found if number is not None]
        start, end = numbers[0], numbers[-1]
        if steps and not more:
            end = bounds.high
    return _step_problem(steps, expression) or _bounds_problem(start, end, expression, bounds)


def _step_problem(steps: list[str], expression: str) -> str | None:
    if not steps:
        return None
    if not (steps[0].isascii() and steps[0].isdigit()):
        return (
            f"failed to parse int from {steps[0]}: "
            f"strconv.Atoi: parsing {steps[0]!r}: invalid syntax"
        )
    if int(steps[0]) == 0:
        return f"step of range should be a positive number: {expression}"
    return None


def _bounds_problem(start: int, end: int, expression: str, bounds: _Bounds) -> str | None:
    if start < bounds.low:
        return f"beginning of range ({start}) below minimum ({bounds.low}): {expression}"
    if end > bounds.high:
        return f"end of range ({end}) above maximum ({bounds.high}): {expression}"
    if start > end:
        return f"beginning of range ({start}) beyond end of range ({end}): {expression}"
    return None


def _number(text: str, bounds: _Bounds) -> int | None:
    named = bounds.names.get(text.lower())
    if named is not None:
        return named
    return int(text) if text.isascii() and text.isdigit() else None
