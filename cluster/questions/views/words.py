"""Small words for sentences, as views know them."""

from cluster.questions.words import also, counted, either, listed, stated

__all__ = ["also", "counted", "either", "listed", "stated"]
