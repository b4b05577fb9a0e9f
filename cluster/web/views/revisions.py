"""The revisions of a cluster that can be looked at: what the time slider steps over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from cluster.machinery.times import format_time
from cluster.store import find_cluster, recent
from cluster.web.access import access_of

MOST = 400  # changes of the slider; older ones are asked for with `before`


def revisions(request: HttpRequest, cluster: str) -> HttpResponse:
    """Return the last revisions, oldest first: when each was written, and what changed in it.

    What a reader may not see is told as a change of something. `oldest` is the first revision that
    the log can still show.
    """
    handle = find_cluster(cluster)
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
    sees = access_of(request).sees
    found = recent(handle, before=before, limit=MOST)[::-1]
    return JsonResponse({
        "newest": handle.revision,
        "oldest": handle.oldest_revision,
        "revisions": [
            {
                "rev": entry.revision,
                "time": format_time(entry.time),
                "verb": entry.verb,
                "what": str(entry.key) if sees(entry.key.kind) else "",
                "by": entry.actor,
            }
            for entry in found
        ],
    })  # fmt: skip
