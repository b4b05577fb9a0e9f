"""Settings read in a process of their own, since a process reads them once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

PROGRAM = """
import json
from netviz import settings
names = ["DATABASES", "CHANNEL_LAYERS", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def read_settings(root: Path, **environment: str) -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=root,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded: dict[str, object] = json.loads(run.stdout)
    return loaded


def test_the_default_database_is_sqlite_in_the_data_directory(root: Path, tmp_path: Path) -> None:
    values = read_settings(root, NETVIZ_DATA=str(tmp_path))

    assert values["DATABASES"] == {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(tmp_path / "netviz.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                    " PRAGMA foreign_keys = ON"
                ),
            },
        }
    }


def test_postgresql_and_redis_come_from_their_urls(root: Path) -> None:
    values = read_settings(
        root, DATABASE_URL="postgres://me:pw@db:5433/net", REDIS_URL="redis://cache:6379/1"
    )

    databases = values["DATABASES"]
    assert isinstance(databases, dict)
    assert databases["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert databases["default"]["HOST"] == "db"
    assert values["CHANNEL_LAYERS"] == {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://cache:6379/1"]},
        }
    }


def test_only_the_machine_itself_is_served_by_default_and_without_debugging(root: Path) -> None:
    values = read_settings(root)

    assert values["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert values["DEBUG"] is False


def test_the_secret_key_is_read_from_the_data_directory(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("kept\n", encoding="ascii")

    values = read_settings(root, NETVIZ_DATA=str(tmp_path))

    assert values["SECRET_KEY"] == "kept"


def test_reading_the_settings_writes_nothing(root: Path, tmp_path: Path) -> None:
    read_settings(root, NETVIZ_DATA=str(tmp_path / "var"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
