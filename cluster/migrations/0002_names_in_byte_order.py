"""Names sort by bytes on PostgreSQL too, as they do on SQLite, in Python and in an apiserver."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("cluster_resource", "cluster_change")
COLUMNS = ("namespace", "name")


def sort_by_bytes(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        changes = ", ".join(
            f'ALTER COLUMN {column} TYPE varchar(253) COLLATE "C"' for column in COLUMNS
        )
        editor.execute(f"ALTER TABLE {table} {changes}")


class Migration(migrations.Migration):
    dependencies = [("cluster", "0001_initial")]
    operations = [migrations.RunPython(sort_by_bytes, migrations.RunPython.noop)]
