"""Objects as server-side apply sees them: which of their fields stand alone, and how they merge.

A value is a leaf (a scalar, or a list or map that is owned as a whole), a struct or map whose
members are owned one by one, a list whose elements are told apart by keys, or a set. The schemas
say which (`x-kubernetes-list-type`, `-list-map-keys`, `-map-type`); a list they say nothing of is
a leaf. Nothing here changes its arguments; results may share parts with them.
Source: structured-merge-diff `typed/{tofieldset,merge,compare,remove}.go`; semantics.md J-7.
"""

from cluster.machinery.structured.comparing import Comparison, compare
from cluster.machinery.structured.fields import Unfit, fields_of
from cluster.machinery.structured.merging import merge_structured
from cluster.machinery.structured.removing import remove

__all__ = ["Comparison", "Unfit", "compare", "fields_of", "merge_structured", "remove"]
