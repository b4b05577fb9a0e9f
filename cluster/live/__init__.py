"""Channels consumers and their messages: what an open page hears when a cluster changes."""
