"""What a landlord's server relies on: migrations are complete, the site starts closed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
CLOSED = {
    "BIENVEILLE_SECRET_KEY": "s" * 30 + "0123456789-abcdefghij_KLM" * 2,
    "BIENVEILLE_HOSTS": "bienveille.example",
}


def manage(*arguments: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run manage.py with this environment and nothing of ours besides."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("BIENVEILLE_", "DJANGO_"))
    }
    kept |= {"BIENVEILLE_VAR_DIR": str(tmp_path), "PYTHONWARNINGS": "error"} | environment
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", "--check", "--dry-run", "--skip-checks")
    assert "No changes detected" in capsys.readouterr().out


def test_the_deployment_check_has_nothing_to_say(tmp_path):
    done = manage("check", "--deploy", "--fail-level", "INFO", tmp_path=tmp_path, **CLOSED)
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize("missing", sorted(CLOSED))
def test_the_site_does_not_start_half_configured(tmp_path, missing):
    told = {key: value for key, value in CLOSED.items() if key != missing}
    done = manage("check", tmp_path=tmp_path, **told)
    assert done.returncode != 0
    assert f"{missing} is required" in done.stderr
