"""The data directory: what netviz keeps beside its database, readable by its owner alone."""

import secrets
from pathlib import Path

SECRET_KEY_BYTES = 50
"""Entropy of the secret key. Django's own generator draws 50 characters."""


def make_data_directory(directory: Path) -> None:
    """Make ``directory`` with its parents, open to its owner alone (mode 0700).

    A directory that is already there loses the rights of everyone else.
    Raises OSError where the file system refuses.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)


def make_secret_key(file: Path) -> bool:
    """Write a new random key to ``file`` (mode 0600) unless there is one; say whether it was made.

    Of two processes that come at once, one makes the key and both then read the same one.
    Raises OSError where the file system refuses.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_urlsafe(SECRET_KEY_BYTES), encoding="ascii")
        file.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
