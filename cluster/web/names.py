"""Names and addresses within sentences.

Each reads from left to right whatever the language around it is, so that `10.0.0.1:80` is never
turned about; a plain word needs no mark. Scripts do the same (`static/js/view/names.js`).
"""

from __future__ import annotations

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

_NAMES = re.compile(r"((?:[\w*]|::)[\w./:=@*\[\]-]*[./:=@-][\w./:=@*\[\]-]*[\w*\]])", re.ASCII)


def named(text: object) -> SafeString:
    """Return a sentence as HTML with its names marked; what is HTML already stays as it is."""
    if isinstance(text, SafeString):
        return text
    parts = _NAMES.split(str(text))
    marked = (
        format_html('<bdi dir="ltr">{}</bdi>', part) if number % 2 else conditional_escape(part)
        for number, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((part,) for part in marked))
