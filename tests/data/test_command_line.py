"""The command line says what is wrong in a sentence; a traceback is a defect."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "FIREBREAK_DATABASE_URL": url or f"sqlite:///{folder / 'firebreak.db'}",
        "FIREBREAK_FILES_DIR": str(folder / "files"),
    }
    command = (sys.executable, "-m", "data", *arguments)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "url", "said"),
    [
        (("export", "customers", "{folder}/missing/x.csv"), None, "cannot be reached"),
        (("init",), "sqlite:////dev/null/firebreak.db", "cannot be reached"),
        (("init",), "postgresql://127.0.0.1:1/firebreak", "cannot be reached"),
        (("import", "customers", "{folder}/missing.csv"), None, "cannot be opened"),
        (("import", "nonsense", "x.csv"), None, "not one of the choices"),
        (("process", "nonsense"), None, "no pipeline"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, installed_file, arguments, url, said):
    shutil.copyfile(installed_file, tmp_path / "firebreak.db")
    result = run(tmp_path, *(a.format(folder=tmp_path) for a in arguments), url=url)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
