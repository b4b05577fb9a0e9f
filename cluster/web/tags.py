"""Template tags of the dashboard: icons, state glyphs and the colour families of kinds.

Every drawing comes from one sprite, `icons/icons.svg`, referred to by its hashed address.
"""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cluster.machinery.drawing import ICON_OF, PAINT_OF
from cluster.runtime.wording import said as said_again
from cluster.store.imports import Excerpt
from cluster.web.manifest_yaml import Line
from cluster.web.manifest_yaml import source_lines as lines_of
from cluster.web.names import named
from cluster.web.words import series, word
from cluster.web.words import told as told_again

register = template.Library()
register.filter("word", word)
register.filter("series", series)
register.filter("named", named)

GLYPHS = {"info": "unknown", "warning": "warn", "error": "deny"}


@register.simple_tag
def sprite() -> str:
    """Return the address of the sprite, for scripts that draw."""
    return static("icons/icons.svg")


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Return the drawing `name` of the sprite as decoration, `size` px wide (14, 16, 20, 24)."""
    modifier = "" if size == 16 else f" i--{size}"  # noqa: PLR2004 - the style sheet's own size
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        modifier, static("icons/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def status(state: str, word: str = "") -> SafeString:
    """Return the glyph of a state (ok warn deny unknown term skip); `word` says it aloud."""
    spoken = (
        format_html('role="img" aria-label="{}"', word)
        if word
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="st st--{}" {}><use href="{}#st-{}"/></svg>',
        state, spoken, static("icons/icons.svg"), state,
    )  # fmt: skip


@register.filter
def kind_icon(kind: str) -> str:
    """Return the name of a kind's drawing in the sprite: `k-service`."""
    return f"k-{ICON_OF.get(kind, 'external')}"


@register.filter
def kind_colour(kind: str) -> str:
    """Return the colour class of a kind: Deployments are painted as workloads."""
    family = PAINT_OF.get(kind, "external")
    return f"c-{'node' if family == 'namespace' else family}"


@register.filter
def glyph(severity: str) -> str:
    """Return the state whose glyph stands for a finding's severity."""
    return GLYPHS.get(severity, severity)


@register.filter
def tone(state: str) -> str:
    """Return the colour class of a state: verdicts have colours of their own, the rest is grey."""
    return {"ok": "allow", "warn": "warn", "deny": "deny"}.get(state, "unknown")


@register.filter
def grouped(number: object) -> str:
    """Return a count with thousands apart (`18,330`); anything else as it is."""
    return f"{number:,}" if isinstance(number, int) else str(number)


@register.filter
def initials(name: str) -> str:
    """Return up to two letters that stand for a user."""
    words = [word for word in name.replace(".", " ").replace("_", " ").split() if word]
    letters = "".join(word[0] for word in words[:2]) if len(words) > 1 else name[:2]
    return letters.upper()


@register.filter
def timestamp(moment: object) -> str:
    """Return a moment (datetime or RFC 3339 text) as `2026-01-31 18:42:07`, in UTC."""
    return str(moment).replace("T", " ").removesuffix("Z").split(".")[0].removesuffix("+00:00")


@register.filter
def said(text: object) -> object:
    """Return a sentence of the pure layers in the reader's language; anything else as it is."""
    return said_again(text) if isinstance(text, str) else text


@register.filter
def told(text: str) -> str:
    """Return a sentence as `said` does, the API server's own words marked as English."""
    return told_again(text)


@register.filter
def source_lines(source: Excerpt) -> list[Line]:
    """Return the lines of an excerpt, the one to blame marked."""
    return lines_of(source.text, source.first, source.line)


@register.filter
def below(item: Mapping[str, object]) -> object:
    """Return what hangs below an item of an outline; `item.items` would be the dict's method."""
    return item.get("items")
