"""The network between one phone and the server: it can be cut, lose, keep and send again."""

import asyncio
import socket
import threading
from collections import Counter
from concurrent.futures import Future

from tests.torture import DOORS

_DOORS = {kind: f"POST {path}".encode() for kind, path in DOORS.items()}
_loop = asyncio.new_event_loop()
threading.Thread(target=_loop.run_forever, daemon=True).start()


class Wire:
    """A relay of HTTP requests to the server's port, from a port of its own.

    `seen` keeps the request of each form and picture, byte for byte. `losing` is how many more
    answers to each kind (`DOORS`) will not come back; `swallowing`, how many more will not reach
    the server.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._open: set[asyncio.StreamWriter] = set()
        self.is_cut = False
        self.losing: Counter[str] = Counter()
        self.swallowing: Counter[str] = Counter()
        self.seen: list[bytes] = []
        self._listening = _wait(asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port: int = self._listening.sockets[0].getsockname()[1]

    def begin_anew(self) -> None:
        """Nothing is cut, nothing was seen."""
        self.mend()
        self.seen = []

    def cut(self) -> None:
        """Nothing passes any more, what was on its way is lost."""
        self.is_cut = True
        _wait(self._abort())

    def mend(self) -> None:
        """Everything passes again."""
        self.is_cut = False
        self.losing.clear()
        self.swallowing.clear()

    def close(self) -> None:
        """No more port."""
        self._listening.close()
        _wait(self._abort())

    def send_again(self, request: bytes) -> int | None:
        """Send the server a request that was seen; the status of its answer, None without one."""
        try:
            with socket.create_connection(("127.0.0.1", self._server_port), timeout=30) as line:
                line.sendall(request)
                answer = b"".join(iter(lambda: line.recv(65536), b""))
        except OSError:
            return None
        return int(answer.split(b" ", 2)[1]) if answer else None

    async def _abort(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer, then the connection ends, cleanly or not."""
        self._open.add(writer)
        try:
            answer = None if self.is_cut else await self._answer(await _request(reader))
            if answer is None or self.is_cut:
                writer.transport.abort()
            else:
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, request: bytes) -> bytes | None:
        """What the server says, or None when the network loses it."""
        kind = next((one for one, start in _DOORS.items() if request.startswith(start)), "")
        if kind:
            self.seen.append(request)
            if self.swallowing[kind]:
                self.swallowing[kind] -= 1
                return None
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open.add(writer)
        try:
            writer.write(request)
            answer = await reader.read(-1)
        finally:
            self._open.discard(writer)
            writer.close()
        if self.losing[kind]:
            self.losing[kind] -= 1
            return None
        return answer or None


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Head and body, asking the server to close once it has answered."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head[:-4].split(b"\r\n") if not _is(line, b"connection")]
    length = next((int(one.partition(b":")[2]) for one in lines if _is(one, b"content-length")), 0)
    body = await reader.readexactly(length)
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


def _is(line: bytes, name: bytes) -> bool:
    return line.partition(b":")[0].lower() == name


def _wait(work: object) -> object:
    """Run on the network's own thread, to the end."""
    done: Future = asyncio.run_coroutine_threadsafe(work, _loop)
    return done.result(30)
