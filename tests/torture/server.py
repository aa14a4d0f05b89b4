"""The server under the schedules: gunicorn in processes of its own, killed and started again.

Each one is a copy of a process that has read the site's code and serves nothing, so that it starts
in a moment.
"""

import multiprocessing
import os
import signal
import socket
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from gunicorn.app.base import BaseApplication

PATIENCE = 30  # seconds
_copies = multiprocessing.get_context("forkserver")
_copies.set_forkserver_preload(["tests.torture.site", "tests.torture.server"])


class Server:
    """One gunicorn on a port that stays its own; its log is `folder/server.log`."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self._moment, self._taken = folder / "moment", folder / "taken"
        self._log = folder / "server.log"
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start it unless it runs; back once it answers."""
        self.disarm()
        if self.is_alive:
            return
        self._taken.unlink(missing_ok=True)
        hears, tells = _copies.Pipe(duplex=False)
        with hears, tells:
            said = (self.port, self._moment, self._log, tells)
            self._process = _copies.Process(target=_serve, args=said)
            self._process.start()
            tells.close()
            if not hears.poll(PATIENCE):
                raise RuntimeError("The server does not start.")
            try:
                hears.recv()
            except EOFError:
                raise RuntimeError(self._log.read_text(encoding="utf-8")[-2000:]) from None

    @property
    def is_alive(self) -> bool:
        """Whether its processes run."""
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """kill -9, workers included."""
        if self.is_alive:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.join(PATIENCE)

    def arm(self, kind: str, moment: str) -> None:
        """Have the next form or picture to arrive kill the server at that moment."""
        armed = self._moment.with_name("armed")
        armed.write_text(f"{kind} {moment}", encoding="utf-8")
        armed.rename(self._moment)

    def disarm(self) -> None:
        """Forget the moment when no form took it; wait for the form that did."""
        self._moment.unlink(missing_ok=True)
        while self._taken.exists() and self.is_alive:
            self._process.join(0.01)

    @property
    def is_armed(self) -> bool:
        """Whether the moment waits for a form, or for the end of the one that took it."""
        return self.is_alive and (self._moment.exists() or self._taken.exists())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class _Site(BaseApplication):
    """gunicorn on the application of `site`, in this process."""

    def __init__(self, options: dict[str, object]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        from tests.torture import site  # noqa: PLC0415 - there before this process was made

        return site.application


def _serve(port: int, moment: Path, log: Path, told: Connection) -> None:
    """In a session of its own, until it is killed; `told` is told when it serves."""
    from tests.torture import site  # noqa: PLC0415 - the same

    os.setsid()
    site.moment_path = moment
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    options = {
        "bind": f"127.0.0.1:{port}",
        "threads": 4,
        "worker_tmp_dir": str(log.parent),
        "loglevel": "warning",
        "post_worker_init": lambda _worker: told.send("ready"),
    }
    _Site(options).run()
