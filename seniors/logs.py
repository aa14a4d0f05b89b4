"""What logs may say of an error: where and of which kind. Not its words: a database, a reader of
files or `int` quotes the cell that it refuses, and logs carry no personal data. Nor the secret of a
link, which opens someone's file without an account."""

import logging
import re
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any


class TaskFailed(Exception):
    """A task stopped on an error; says where, without the words of the error."""


# A long piece of a path: the secret of a link, unless it is the identity of a record.
_UID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SECRET = re.compile(rf"(?<=/)(?!{_UID}(?:[/\s]|$))[^/\s]{{20,}}")


class Discreet(logging.Formatter):
    """Log lines without the secrets of addresses, and with the frames and kinds of exceptions
    without their messages."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line itself: whoever reads « Forbidden: /…/ » must not be able to open the link."""
        return _SECRET.sub("…", super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """The exception of a log line."""
        return without_words(ei[1])


def without_words(error: BaseException) -> str:
    """Frames and kind of an error and of its causes, the first cause first."""
    told = []
    for each in reversed(list(_chain(error))):
        frames = "".join(traceback.format_tb(each.__traceback__))
        ours = f": {each}" if isinstance(each, TaskFailed) else ""
        told.append(f"{frames}{type(each).__module__}.{type(each).__qualname__}{ours}")
    return "\n".join(told)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, its cause or what it came from, and so on."""
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or (
            None if following.__suppress_context__ else following.__context__
        )


def discreet(task: Callable[..., None]) -> Callable[..., None]:
    """A task whose failure quotes nobody: the task runner logs and stores what it raises."""

    @wraps(task)
    def run(*args: Any) -> None:
        try:
            task(*args)
        except Exception as error:  # noqa: BLE001 - raised again, without its words
            raise TaskFailed(without_words(error)) from None

    return run
