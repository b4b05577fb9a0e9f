"""Django admin: one ModelAdmin for every kind, writing through the store."""
