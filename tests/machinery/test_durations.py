from datetime import UTC, datetime

import pytest

from cluster.machinery.durations import human, since


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        # The cases of apimachinery's own test, `duration_test.go`.
        (0.5, "0s"), (70, "70s"), (71.1, "71s"), (119, "119s"), (120, "2m"), (122, "2m2s"),
        (600, "10m"), (601, "10m"), (180 * 60 - 1, "179m"), (180 * 60, "3h"),
        (3 * 3600 + 5 * 60, "3h5m"), (8 * 3600 - 1, "7h59m"), (8 * 3600, "8h"),
        (48 * 3600 - 1, "47h"), (48 * 3600, "2d"), (48 * 3600 + 3600, "2d1h"),
        (8 * 86400 - 1, "7d23h"), (8 * 86400, "8d"), (2 * 365 * 86400 - 1, "729d"),
        (2 * 365 * 86400, "2y"), (2 * 365 * 86400 + 86400, "2y1d"), (3 * 365 * 86400, "3y"),
        (8 * 365 * 86400 - 1, "7y364d"), (8 * 365 * 86400, "8y"), (9 * 365 * 86400, "9y"),
        (-0.5, "0s"), (-2, "<invalid>"),
    ],
)  # fmt: skip
def test_durations_read_as_kubectl_prints_them(seconds: float, text: str) -> None:
    assert human(seconds) == text


def test_a_time_that_is_none_is_unknown_and_one_that_cannot_be_read_stays() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert since(None, now) == "<unknown>"
    assert since("<none>", now) == "<none>"
    assert since("2025-12-31T23:59:00Z", now) == "60s"
