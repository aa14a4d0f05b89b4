"""The questionnaire on paper: one copy per senior, her address in the window of an envelope.

Pure: it is given its texts and addresses. What is the same on all copies (`sheet`) is drawn once,
as one form per page; a copy (`copies`) adds the address, the reference and its QR code. The letter
that reminds (`reminder`) is a page of its own.
"""

from surveys.documents.copies import (
    Addressee,
    draw_address,
    postal_lines,
    print_questionnaires,
    qr_path,
)
from surveys.documents.reminder import Letter, print_reminders
from surveys.documents.sheet import Sender, TooLong

__all__ = [
    "Addressee",
    "Letter",
    "Sender",
    "TooLong",
    "draw_address",
    "postal_lines",
    "print_questionnaires",
    "print_reminders",
    "qr_path",
]
