"""What a process has just after its start, in a process of its own."""

import os
import subprocess
import sys

STARTED = """
import sys
import django
django.setup()
import seniors.urls
from seniors.extract.kinds import KINDS
print(*KINDS, *({"pandas", "numpy", "reportlab"} & set(sys.modules)))
"""


def test_every_kind_of_file_is_known_at_once_and_no_heavy_library_is_loaded():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "seniors.settings"}
    started = subprocess.run(
        [sys.executable, "-c", STARTED], env=environment, check=True, capture_output=True, text=True
    )
    assert started.stdout.split() == ["dwellings", "occupants", "answers"]
