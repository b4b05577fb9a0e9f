"""Looking into stored manifests in SQL, for filters: the column holds JSON as bytes."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, F, Func
from django.db.models.sql.compiler import SQLCompiler

Compiled: TypeAlias = "tuple[str, tuple[Any, ...]]"


class ManifestText(Func):
    """The value at a path of the manifest as text, NULL where there is none."""

    output_field = CharField()

    def __init__(self, *path: str) -> None:
        """Read `path` (`"spec", "type"`)."""
        super().__init__(F("manifest"))
        self.path = path

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Compiled:
        """Return the SQL for SQLite."""
        column, parameters = compiler.compile(self.source_expressions[0])
        steps = "".join(f'."{step}"' for step in self.path)
        return f"json_extract(CAST({column} AS TEXT), %s)", (*parameters, f"${steps}")

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Compiled:
        """Return the SQL for PostgreSQL."""
        column, parameters = compiler.compile(self.source_expressions[0])
        return (
            f"(convert_from({column}, 'UTF8')::jsonb #>> %s::text[])",
            (*parameters, list(self.path)),
        )


class ConditionHolds(Func):
    """Whether `status.conditions` has the condition of a type with status True."""

    output_field = BooleanField()

    def __init__(self, type_: str) -> None:
        """Look for the condition of this type (`Ready`)."""
        super().__init__(F("manifest"))
        self.type = type_

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Compiled:
        """Return the SQL for SQLite."""
        column, parameters = compiler.compile(self.source_expressions[0])
        sql = (
            f"EXISTS (SELECT 1 FROM json_each(CAST({column} AS TEXT), "  # noqa: S608 - our own column
            "'$.status.conditions') c "
            "WHERE json_extract(c.value, '$.type') = %s "
            "AND json_extract(c.value, '$.status') = 'True')"
        )
        return sql, (*parameters, self.type)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> Compiled:
        """Return the SQL for PostgreSQL."""
        column, parameters = compiler.compile(self.source_expressions[0])
        sql = (
            f"(convert_from({column}, 'UTF8')::jsonb -> 'status' -> 'conditions') "
            "@> jsonb_build_array(jsonb_build_object('type', %s::text, 'status', 'True'))"
        )
        return f"COALESCE({sql}, FALSE)", (*parameters, self.type)
