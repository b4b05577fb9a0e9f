"""Which pages share one computation."""

from __future__ import annotations

import pytest

from cluster.live.topics import topic_of


def test_the_order_of_parameters_and_how_a_page_shows_a_view_make_no_other_topic() -> None:
    one = topic_of("demo", b"view=map&lvl=L1&sel=Pod/shop/web&tab=table")
    two = topic_of("demo", b"lvl=L1&vp=1,2,3&view=map&ns=")

    assert one == two
    assert one.parameters == {"view": "map", "lvl": "L1"}


def test_another_view_and_another_cluster_are_other_topics() -> None:
    one = topic_of("demo", b"view=map")

    assert one != topic_of("demo", b"view=endpoints&of=shop/web")
    assert one != topic_of("other", b"view=map")


def test_a_query_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        topic_of("demo", b"ns=" + b"a" * 5000)
