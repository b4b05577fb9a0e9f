"""One module per command; each reads its arguments, asks one layer below, and prints."""
