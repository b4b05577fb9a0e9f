"""Small words for sentences, as views know them."""

from cluster.questions.words import counted, listed

__all__ = ["counted", "listed"]
