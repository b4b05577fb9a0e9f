"""Django admin: one ModelAdmin for every kind, writing through the store.

Django imports this package when the site starts; importing it registers the pages.
"""

from django.contrib import admin

from cluster.admin import records, resources
from cluster.catalog import KINDS

resources.register(admin.site, KINDS)
records.register(admin.site)
