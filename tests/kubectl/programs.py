"""Which kubectl programs there are on this machine, and one of them in a test's hands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = (
    ROOT / ".venv" / "kubectl",  # scripts/kubectl.sh puts one there where there is none
    Path("/usr/local/bin"),
    Path("/usr/bin"),
    Path("/opt/homebrew/bin"),
    Path("/snap/bin"),
    Path("/usr/lib/google-cloud-sdk/bin"),
    Path("/usr/share/google-cloud-sdk/bin"),
    Path.home() / ".local" / "bin",
)
OLDEST, NEWEST = (1, 27), (1, 33)
PATIENCE_SECONDS = 60


@cache
def programs() -> dict[Path, tuple[int, int]]:
    """Return every kubectl of a supported release, one per release, oldest first.

    NETVIZ_KUBECTL names programs instead, joined by colons.
    """
    named = os.environ.get("NETVIZ_KUBECTL", "")
    found: dict[tuple[int, int], Path] = {}
    candidates = (
        [Path(name).absolute() for name in named.split(":")] if named else list(_candidates())
    )
    with ThreadPoolExecutor() as pool:
        releases = list(pool.map(_release, candidates))
    for candidate, release in zip(candidates, releases, strict=True):
        if release is not None and (named or OLDEST <= release <= NEWEST):
            found.setdefault(release, candidate)
    return {found[release]: release for release in sorted(found)}


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("kubectl")
    for folder in FOLDERS:
        yield from sorted(folder.glob("kubectl.1.*"))
        yield folder / "kubectl"
    if on_path:
        yield Path(on_path)


def _release(program: Path) -> tuple[int, int] | None:
    """Return the release of a client; a dispatcher, which runs another one, is none."""
    if not os.access(program, os.X_OK):
        return None
    try:
        ran = subprocess.run(
            [program, "version", "--client"],
            capture_output=True, text=True, timeout=20, check=False,
            env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    if "dispatcher" in ran.stdout:
        return None
    match = re.search(r"v?(1)\.(\d+)\.\d+", ran.stdout)
    return (int(match[1]), int(match[2])) if match else None


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Kubectl:
    """One kubectl with a home of its own, in one namespace."""

    program: Path
    config: Path
    home: Path
    namespace: str
    release: tuple[int, int]
    folder: Path = field(default=Path())

    def __call__(
        self,
        *arguments: str,
        stdin: str | None = None,
        fails: bool = False,
        any_end: bool = False,
        environment: dict[str, str] | None = None,
    ) -> Ran:
        """Run a command and see it succeed, or fail where it `fails`; `-f -` takes `stdin`."""
        ran = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, check=False, input=stdin,
            timeout=PATIENCE_SECONDS, env=self.environment | (environment or {}), cwd=self.folder,
        )  # fmt: skip
        found = Ran(ran.returncode, ran.stdout, ran.stderr)
        if not any_end:
            assert (found.code != 0) == fails, f"{' '.join(arguments)}\n{found.out}{found.err}"
        return found

    def command(self, *arguments: str) -> list[str]:
        home = ["--namespace", self.namespace] if self.namespace else []
        return [str(self.program), *home, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home), "KUBECONFIG": str(self.config), "PATH": "/usr/bin:/bin",
        }  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that goes on."""
        return subprocess.Popen(
            self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment, cwd=self.folder,
        )  # fmt: skip

    def apply(self, text: str, *arguments: str) -> list[str]:
        """Apply manifests, and return what is said of each."""
        return self("apply", "-f", "-", *arguments, stdin=text).lines

    def read(self, what: str, path: str) -> str:
        """Return what stands at a JSONPath of an object."""
        return self("get", *what.split(), "-o", f"jsonpath={{{path}}}").out

    def eventually(self, what: str, path: str, expected: str, seconds: float = 10) -> None:
        """See a path hold a value, soon."""
        until = time.monotonic() + seconds
        found = ""
        while time.monotonic() < until:
            found = self("get", *what.split(), "-o", f"jsonpath={{{path}}}", any_end=True).out
            if found == expected:
                return
            time.sleep(0.1)
        raise AssertionError(f"{what} {path}: {found!r}, not {expected!r}")
