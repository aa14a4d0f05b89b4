"""Uploads stop at a bound: the rest of a file too large is read from the network and dropped."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from seniors.enums import Role


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """A file on disk, written piece by piece, given up past UPLOAD_MAX_BYTES.

    The fields sent after the file are lost with it: a form puts its file last.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count from zero; a file from who brings none in is dropped before it is written."""
        user = getattr(self.request, "user", None)
        if not (user and user.is_authenticated and user.role == Role.ADMINISTRATOR):
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one piece, or give the whole file up."""
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    """Was a file of this request given up because it passes the bound?"""
    return getattr(request, "upload_too_large", False)
