"""The clock, for pages that keep when something was looked at."""

import time


def now_seconds() -> int:
    """Return the seconds since 1970, whole."""
    return int(time.time())
