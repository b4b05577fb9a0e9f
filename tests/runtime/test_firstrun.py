import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from cluster.runtime import firstrun
from cluster.runtime.datadir import make_data_directory, make_secret_key


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.NETVIZ_DATA = tmp_path / "var"
    settings.SECRET_KEY_FILE = tmp_path / "var" / "secret-key"
    return tmp_path / "var"


def test_the_data_directory_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "var"

    make_data_directory(directory)

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_data_directory_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    make_data_directory(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_the_secret_key_is_readable_by_its_owner_alone_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    made = make_secret_key(tmp_path / "secret-key")

    assert made
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_secret_key_is_kept_once_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "secret-key"
    make_secret_key(file)
    before = file.read_text(encoding="ascii")

    made = make_secret_key(file)

    assert not made
    assert file.read_text(encoding="ascii") == before
    assert len(before) >= 50


@pytest.mark.django_db
def test_the_first_run_returns_a_login_that_works(data: Path) -> None:
    line = firstrun.prepare()

    assert line is not None
    assert line.startswith("login: admin / ")
    user = authenticate(username="admin", password=line.removeprefix("login: admin / "))
    assert user is not None
    assert user.is_superuser
    assert (data / "secret-key").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("data")
def test_a_second_run_makes_and_says_nothing() -> None:
    firstrun.prepare()
    before = User.objects.get().password

    line = firstrun.prepare()

    assert line is None
    assert User.objects.get().password == before


@pytest.mark.django_db
@pytest.mark.usefixtures("data")
def test_a_database_with_users_of_its_own_gets_no_admin() -> None:
    User.objects.create_user("ada")

    line = firstrun.prepare()

    assert line is None
    assert list(User.objects.values_list("username", flat=True)) == ["ada"]
