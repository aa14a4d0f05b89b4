"""The questionnaire on paper: one copy per senior, her address in the window of an envelope.

Pure: it is given its texts and addresses. What is the same on all copies (`sheet`) is drawn once,
as one form per page; a copy (`copies`) adds the address, the reference and its QR code.
"""

from surveys.documents.copies import (
    Addressee,
    draw_address,
    postal_lines,
    print_questionnaires,
    qr_path,
)
from surveys.documents.sheet import Sender, TooLong

__all__ = [
    "Addressee",
    "Sender",
    "TooLong",
    "draw_address",
    "postal_lines",
    "print_questionnaires",
    "qr_path",
]
