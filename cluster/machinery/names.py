"""What may be a name: the classes of names Kubernetes knows and their refusals in its words.

Each function returns the list of messages, empty when the value is fine.
Source: apimachinery `util/validation/validation.go`; semantics.md A-12 to A-17, A-20, A-21, B-15.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

NameCheck: TypeAlias = Callable[[str], list[str]]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = rf"({_QUALIFIED})?"
_RE_LABEL = re.compile(_LABEL)
_RE_LABEL_1035 = re.compile(_LABEL_1035)
_RE_SUBDOMAIN = re.compile(_SUBDOMAIN)
_RE_QUALIFIED = re.compile(_QUALIFIED)
_RE_LABEL_VALUE = re.compile(_LABEL_VALUE)
_RE_WILDCARD = re.compile(rf"\*\.{_SUBDOMAIN}")
_RE_PORT_CHARACTERS = re.compile(r"[-a-z0-9]+")
_RE_LETTER = re.compile(r"[a-z]")

LABEL_MAXIMUM = 63  # RFC 1035 section 2.3.4
SUBDOMAIN_MAXIMUM = 253  # RFC 1035: 255 octets on the wire
PORT_MAXIMUM = 65535
PORT_NAME_MAXIMUM = 15  # RFC 6335 section 5.1


def _longer(maximum: int) -> str:
    return f"must be no more than {maximum} characters"


def _pattern(text: str, regex: str, *examples: str) -> str:
    shown = " ".join(
        f"'{example}', " if position == 0 else f"or '{example}', "
        for position, example in enumerate(examples)
    )
    return f"{text} (e.g. {shown}regex used for validation is '{regex}')"


LABEL_TEXT = _pattern(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character",
    _LABEL, "my-name", "123-abc",
)  # fmt: skip
LABEL_1035_TEXT = _pattern(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character",
    _LABEL_1035, "my-name", "abc-123",
)  # fmt: skip
SUBDOMAIN_TEXT = _pattern(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
    "'-' or '.', and must start and end with an alphanumeric character",
    _SUBDOMAIN, "example.com",
)  # fmt: skip
WILDCARD_TEXT = _pattern(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
    "which must consist of lower case alphanumeric characters, '-' or '.' "
    "and end with an alphanumeric character",
    rf"\*\.{_SUBDOMAIN}", "*.example.com",
)  # fmt: skip
QUALIFIED_TEXT = _pattern(
    "must consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character",
    _QUALIFIED, "MyName", "my.name", "123-abc",
)  # fmt: skip
LABEL_VALUE_TEXT = _pattern(
    "a valid label must be an empty string or consist of alphanumeric characters, "
    "'-', '_' or '.', and must start and end with an alphanumeric character",
    _LABEL_VALUE, "MyValue", "my_value", "12345",
)  # fmt: skip


def dns_label(value: str) -> list[str]:
    """DNS-1123 label: Namespaces, StatefulSets, containers (A-13)."""
    problems = [] if len(value) <= LABEL_MAXIMUM else [_longer(LABEL_MAXIMUM)]
    if not _RE_LABEL.fullmatch(value):
        only_dots = _RE_SUBDOMAIN.fullmatch(value) is not None
        problems.append("must not contain dots" if only_dots else LABEL_TEXT)
    return problems


def dns_1035_label(value: str) -> list[str]:
    """DNS-1035 label: Services; the first character is a letter (A-13)."""
    problems = [] if len(value) <= LABEL_MAXIMUM else [_longer(LABEL_MAXIMUM)]
    if not _RE_LABEL_1035.fullmatch(value):
        problems.append(LABEL_1035_TEXT)
    return problems


def dns_subdomain(value: str) -> list[str]:
    """DNS-1123 subdomain: most kinds; dots allowed, 253 characters (A-13)."""
    problems = [] if len(value) <= SUBDOMAIN_MAXIMUM else [_longer(SUBDOMAIN_MAXIMUM)]
    if not _RE_SUBDOMAIN.fullmatch(value):
        problems.append(SUBDOMAIN_TEXT)
    return problems


def wildcard_subdomain(value: str) -> list[str]:
    """`*.` and a subdomain: hosts of an Ingress (G-3)."""
    problems = [] if len(value) <= SUBDOMAIN_MAXIMUM else [_longer(SUBDOMAIN_MAXIMUM)]
    if not _RE_WILDCARD.fullmatch(value):
        problems.append(WILDCARD_TEXT)
    return problems


def qualified_name(value: str) -> list[str]:
    """A label key: optional DNS prefix, a slash, 63 characters (A-20)."""
    parts = value.split("/")
    problems: list[str] = []
    if len(parts) > 2:  # noqa: PLR2004 - a prefix and a name
        text = QUALIFIED_TEXT.removeprefix("must consist of")
        prefix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a qualified name must consist of{text} {prefix}"]
    if len(parts) == 2:  # noqa: PLR2004 - a prefix and a name
        if not parts[0]:
            problems.append("prefix part must be non-empty")
        else:
            problems += [f"prefix part {text}" for text in dns_subdomain(parts[0])]
    name = parts[-1]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name) > LABEL_MAXIMUM:
        problems.append(f"name part {_longer(LABEL_MAXIMUM)}")
    if not _RE_QUALIFIED.fullmatch(name):
        problems.append(f"name part {QUALIFIED_TEXT}")
    return problems


def label_value(value: str) -> list[str]:
    """The value of a label: empty or up to 63 characters (A-21)."""
    problems = [] if len(value) <= LABEL_MAXIMUM else [_longer(LABEL_MAXIMUM)]
    if not _RE_LABEL_VALUE.fullmatch(value):
        problems.append(LABEL_VALUE_TEXT)
    return problems


def port_name(value: str) -> list[str]:
    """An IANA service name: container ports and named target ports (B-15)."""
    problems = [] if len(value) <= PORT_NAME_MAXIMUM else [_longer(PORT_NAME_MAXIMUM)]
    if not _RE_PORT_CHARACTERS.fullmatch(value):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not _RE_LETTER.search(value):
        problems.append("must contain at least one letter (a-z)")
    if "--" in value:
        problems.append("must not contain consecutive hyphens")
    if value and (value[0] == "-" or value[-1] == "-"):
        problems.append("must not begin or end with a hyphen")
    return problems


def port_number(value: int) -> list[str]:
    """A port: 1 to 65535 (B-13)."""
    return [] if 1 <= value <= PORT_MAXIMUM else ["must be between 1 and 65535, inclusive"]


def path_segment(value: str) -> list[str]:
    """A name that stands in a URL path: no `/` or `%`, neither `.` nor `..` (G-8)."""
    if value in {".", ".."}:
        return [f"may not be '{value}'"]
    return [f"may not contain '{mark}'" for mark in "/%" if mark in value]


def prefix_of(check: NameCheck) -> NameCheck:
    """Return the check for a `generateName`: a trailing dash is tolerated (A-17)."""

    def check_prefix(value: str) -> list[str]:
        return check(value[:-1] + "a" if value.endswith("-") else value)

    return check_prefix
