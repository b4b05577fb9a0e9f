"""What a reader chose in Settings, kept in cookies so that the first paint is right already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.conf import settings
from django.http import HttpRequest, HttpResponse

YEAR_SECONDS = 365 * 24 * 3600
PREFIX = "netviz_"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": ("light", "dark", "contrast"),
    "density": ("compact",),
    "motion": ("reduced",),
    "keys": ("off",),
    "level": ("L0", "L1", "L2", "L3"),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """One reader's choices; "" follows the system, or is the usual way."""

    theme: str = ""
    density: str = ""
    motion: str = ""
    keys: str = ""
    level: str = ""


def read_preferences(request: HttpRequest) -> Preferences:
    """Return the choices in a request's cookies; anything unknown counts as not chosen."""
    found = {name: request.COOKIES.get(PREFIX + name, "") for name in CHOICES}
    return Preferences(**{name: value for name, value in found.items() if value in CHOICES[name]})


def keep_preferences(response: HttpResponse, preferences: Preferences) -> None:
    """Set the cookies for `preferences`; what is not chosen loses its cookie."""
    for field in fields(preferences):
        value: str = getattr(preferences, field.name)
        if value:
            response.set_cookie(
                PREFIX + field.name,
                value,
                max_age=YEAR_SECONDS,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
        else:
            response.delete_cookie(PREFIX + field.name, samesite="Lax")
