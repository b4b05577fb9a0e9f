"""The eight lessons, in the order in which they are read."""

from collections.abc import Mapping

from cluster.web.lessons import (
    compare,
    dns,
    endpoints,
    families,
    ingress,
    paths,
    policy,
    slices,
)
from cluster.web.lessons.lesson import Lesson

LESSONS: Mapping[str, Lesson] = {
    module.LESSON.slug: module.LESSON
    for module in (endpoints, paths, compare, slices, dns, ingress, policy, families)
}
