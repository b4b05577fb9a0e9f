"""Addresses below `/clusters/<cluster>`: what they name, read from the path alone.

`/api/v1/namespaces/a/pods/web/status`, `/apis/apps/v1/deployments`; a trailing slash is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Route:
    """What an address names; empty is absent. `rest` is what follows a subresource (proxies)."""

    group: str
    version: str
    plural: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""


def split(path: str) -> list[str]:
    """Return the decoded segments of a path; the path comes as it was sent."""
    return [unquote(part) for part in path.strip("/").split("/")] if path.strip("/") else []


def parse(segments: list[str]) -> Route | None:
    """Return what the segments name below `api` or `apis`, None for no resource."""
    if segments[:1] == ["api"]:
        group, version, rest = "", segments[1:2], segments[2:]
    elif segments[:1] == ["apis"]:
        group, version, rest = "".join(segments[1:2]), segments[2:3], segments[3:]
    else:
        return None
    if not version or not rest or not all(rest):
        return None
    return _resource(group, version[0], rest)


def _resource(group: str, version: str, rest: list[str]) -> Route:
    namespace = ""
    # `namespaces/a` is the Namespace itself, and so is what it has below: status, finalize.
    if rest[0] == "namespaces" and len(rest) > 2 and not _is_own(group, rest):  # noqa: PLR2004
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource, *more = [*rest, "", "", ""]
    return Route(
        group, version, plural, namespace, name, subresource, "/".join(filter(None, more))
    )


def _is_own(group: str, rest: list[str]) -> bool:
    return not group and len(rest) == 3 and rest[2] in {"status", "finalize"}  # noqa: PLR2004
