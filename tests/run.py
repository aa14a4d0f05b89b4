"""`make test`: lint, then every test on SQLite and on PostgreSQL, then what was left out.

With CI set, leaving something out is a failure.
"""

import getpass
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.chromium import find_chromium

# A worker without work takes some of another's: the random days are long and stand together.
WORKERS = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
PYTEST = [sys.executable, "-m", "pytest", "-q", *WORKERS]


def main() -> int:
    """Run the gate; 0 when all passed (and, under CI, nothing was left out)."""
    os.environ["BIENVEILLE_DEV"] = "1"
    left_out = []
    failed = [name for name, command in LINT.items() if run(command)]
    browser = find_chromium()
    if not browser:
        left_out.append("browser tests: no Chromium found (Debian: apt install chromium)")
    if run([*PYTEST, *([] if browser else ["-m", "not browser"])]):
        failed.append("tests on SQLite")
    programs = postgresql_programs()
    if programs:
        with postgresql(programs) as database:
            if run([*PYTEST, "-m", "not browser"], **database):
                failed.append("tests on PostgreSQL")
    else:
        left_out.append("PostgreSQL: no server binaries found (Debian: apt install postgresql)")
    say("Failed: " + (", ".join(failed) or "nothing"))
    say("Left out: " + ("; ".join(left_out) or "nothing"))
    return int(bool(failed or (left_out and os.environ.get("CI"))))


LINT = {
    "lint": [sys.executable, "-m", "ruff", "check", "--quiet", "."],
    "format": [sys.executable, "-m", "ruff", "format", "--quiet", "--check", "."],
}


def say(text: str) -> None:
    """Print at once, in order with what the children print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(command: list[str], **environment: str) -> int:
    """Run to the end, output shown; the exit status."""
    say("\n$ " + " ".join(command[1:]))
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


def postgresql_programs() -> Path | None:
    """The folder of `initdb` and `postgres`, when this machine has one."""
    folders = [
        Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))
    ]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def postgresql(programs: Path) -> Iterator[dict[str, str]]:
    """A server of its own, on a socket in a temporary folder, gone at the end.

    PostgreSQL refuses to run as root: root hands it to the account `postgres` (or `nobody`).
    """
    owner = server_owner()
    folder = Path(tempfile.mkdtemp(prefix="bv-"))  # short: a socket's path is limited
    shutil.chown(folder, owner)
    folder.chmod(0o755)
    as_owner = [] if owner == getpass.getuser() else ["runuser", "-u", owner, "--"]
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses= -k {folder} -c fsync=off -c full_page_writes=off"
    control = [*as_owner, str(programs / "pg_ctl"), "-D", str(data), "-w"]

    def call(command: list[str]) -> None:
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    call(
        [
            *as_owner,
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "bienveille",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8" if sys.platform != "darwin" else "--locale=en_US.UTF-8",
        ]
    )
    call([*control, "-o", options, "-l", str(log), "start"])
    try:
        yield {
            "BIENVEILLE_DATABASE": "postgres",
            "BIENVEILLE_DATABASE_USER": "bienveille",
            "BIENVEILLE_DATABASE_HOST": str(folder),
        }
    finally:
        call([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def server_owner() -> str:
    """The account that may run the server."""
    if os.geteuid() != 0:
        return getpass.getuser()
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


if __name__ == "__main__":
    sys.exit(main())
