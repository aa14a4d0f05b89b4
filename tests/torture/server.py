"""The server under the schedules: gunicorn in processes of its own, killed and started again."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds


class Server:
    """One gunicorn on a port that stays its own; its log is `folder/server.log`."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self._moment, self._taken = folder / "moment", folder / "taken"
        self._log = folder / "server.log"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it unless it runs; back once it answers."""
        self.disarm()
        if self.is_alive:
            return
        self._taken.unlink(missing_ok=True)
        hear, tell = os.pipe()
        try:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(),
                    cwd=ROOT,
                    env=os.environ
                    | {
                        "BIENVEILLE_TORTURE_MOMENT": str(self._moment),
                        "BIENVEILLE_TORTURE_READY": str(tell),
                    },
                    stdout=log,
                    stderr=log,
                    pass_fds=[tell],
                    start_new_session=True,
                )
            os.close(tell)
            if os.read(hear, 1) != b"r":
                raise RuntimeError(self._log.read_text(encoding="utf-8")[-2000:])
        finally:
            os.close(hear)

    def _command(self) -> list[str]:
        options = {
            "--bind": f"127.0.0.1:{self.port}",
            "--threads": "4",
            "--config": "python:tests.torture.site",
            "--worker-tmp-dir": str(self._log.parent),
            "--log-level": "warning",
        }
        flat = [word for pair in options.items() for word in pair]
        return [sys.executable, "-m", "gunicorn", *flat, "tests.torture.site:application"]

    @property
    def is_alive(self) -> bool:
        """Whether its processes run."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9, workers included."""
        if self.is_alive:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)

    def arm(self, moment: str) -> None:
        """Have the next form that arrives kill the server at that moment (`site.MOMENTS`)."""
        self._moment.write_text(moment, encoding="utf-8")

    def disarm(self) -> None:
        """Forget the moment when no form took it; wait for the form that did."""
        self._moment.unlink(missing_ok=True)
        while self._taken.exists() and self.is_alive:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.01)

    @property
    def is_armed(self) -> bool:
        """Whether the moment waits for a form, or for the end of the one that took it."""
        return self.is_alive and (self._moment.exists() or self._taken.exists())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
