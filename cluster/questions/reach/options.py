"""The switches of `reach`: how what upstream leaves open is read (questions.md)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from cluster.domains.policy.conventions import STANDARD, Conventions
from cluster.machinery.manifest import Manifest
from cluster.questions.question import Given, QuestionError, bad


@dataclass(frozen=True, slots=True)
class ReachOptions:
    """What `options` says.

    `ingress_controller`: it is a source where an Ingress exists. `anonymous_ingress_controller`:
    it is a Pod without labels in a namespace of its own, not the Pods that are known of it.
    `ingress_port_may_be_target_port`: a backend's port number may be a Service's targetPort.
    """

    conventions: Conventions = field(default=STANDARD)
    ingress_controller: bool = True
    anonymous_ingress_controller: bool = False
    ingress_port_may_be_target_port: bool = False


STANDARD_OPTIONS = ReachOptions()
_CONVENTIONS = tuple(item.name for item in fields(Conventions))
_OWN = tuple(item.name for item in fields(ReachOptions) if item.name != "conventions")
OPTION_NAMES = (*_CONVENTIONS, *_OWN)


def parse_options(raw: Manifest) -> ReachOptions:
    """Return the options in `raw`; raises QuestionError for unknown names and wrong values."""
    for name in raw:
        if name not in OPTION_NAMES:
            known = ", ".join(OPTION_NAMES)
            raise bad(f"no option {name!r}; known are {known}", f"options.{name}")
    given = Given(raw)
    try:
        conventions = {
            name: given.flag(name, default=getattr(STANDARD, name)) for name in _CONVENTIONS
        }
        own = {name: given.flag(name, default=getattr(STANDARD_OPTIONS, name)) for name in _OWN}
    except QuestionError as error:
        raise bad(error.message, f"options.{error.field}") from error
    return ReachOptions(Conventions(**conventions), **own)
