"""Where filters leave nothing, each may be dropped, with how many there are without it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

CASES = {
    "findings": ("/c/demo/findings?q=name:lost+name:nope", {"name:lost": 0, "name:nope": 1}),
    "a facet": (
        "/c/demo/findings?q=name:lost&severity=info",
        {"name:lost": 0, "severity:info": 1},
    ),
    "events": ("/c/demo/events?q=kind:svc+name:nope", {"kind:svc": 0, "name:nope": 4}),
    "a verb": ("/c/demo/events?q=name:lost&verb=deleted", {"name:lost": 0, "verb:deleted": 1}),
    "search": ("/c/demo/search?q=kind:svc+name:nope", {"kind:svc": 0, "name:nope": 4}),
    "a table": ("/c/demo/d/endpoints/shop/web?q=kind:pod+name:no", {"kind:pod": 0, "name:no": 1}),
}


@pytest.mark.parametrize(("address", "counts"), CASES.values(), ids=CASES.keys())
def test_each_term_says_how_many_there_are_without_it(
    reader: Client, demo: str, address: str, counts: dict[str, int]
) -> None:
    text = reader.get(address).content.decode()

    found = re.findall(
        r'<a class="chip chip--btn" href="[^"]+"><span dir="ltr">− (\S+)</span>'  # noqa: RUF001
        r' <span class="muted num">(\d+)',
        text,
    )
    assert {term: int(number) for term, number in found} == counts


def test_the_overview_draws_what_an_account_may_see_and_counts_nothing_that_is_hidden(
    demo: str, client: Client
) -> None:
    user = User.objects.create_user("ben")
    seen = Permission.objects.filter(codename__startswith="view_")
    user.user_permissions.set(seen.exclude(codename="view_networkpolicy"))
    client.force_login(user)

    text = client.get("/?cluster=demo", REMOTE_ADDR="192.0.2.9").content.decode()

    assert "Your account may not list NetworkPolicy: the tiles leave that out." in text
    assert 'class="tile ' in text
    assert "no policy" not in text

    user.user_permissions.set(seen.exclude(codename="view_pod"))

    text = client.get("/?cluster=demo", REMOTE_ADDR="192.0.2.9").content.decode()

    assert "so there are no tiles" in text
    assert "<dt>pods</dt>" not in text
