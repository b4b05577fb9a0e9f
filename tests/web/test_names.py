"""Names and addresses within sentences read from left to right."""

from __future__ import annotations

import pytest

from cluster.web.names import named
from cluster.web.words import told


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        pytest.param("shop/web takes 80/TCP", ["shop/web", "80/TCP"], id="names and ports"),
        pytest.param("fd00:10::2, not 10.0.0.1:80.", ["fd00:10::2", "10.0.0.1:80"], id="IPs"),
        pytest.param("::1/128 or ::/0", ["::1/128", "::/0"], id="blocks that begin with colons"),
        pytest.param("*.shop.example.com：没有证书", ["*.shop.example.com"], id="Chinese around"),  # noqa: RUF001
        pytest.param("spec.ports[0].targetPort", ["spec.ports[0].targetPort"], id="a field"),
        pytest.param("No Pod is ready.", [], id="plain words"),
    ],
)
def test_names_within_sentences_are_marked(text: str, marked: list[str]) -> None:
    found = named(text)

    assert [part.split("</bdi>")[0] for part in found.split('<bdi dir="ltr">')[1:]] == marked
    assert found.replace('<bdi dir="ltr">', "").replace("</bdi>", "") == text


def test_markup_in_a_name_is_text_and_what_is_html_stays() -> None:
    assert named("<b>a/b</b>") == '&lt;b&gt;<bdi dir="ltr">a/b</bdi>&lt;/b&gt;'
    assert named(told("0/6 nodes are available")) == (
        '<span lang="en" dir="ltr">0/6 nodes are available</span>'
    )
