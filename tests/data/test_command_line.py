"""The command line says what is wrong in a sentence; a traceback is a defect. The guide has its commands."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.__main__ import PARTS, main
from data.runtime import this_store
from data.settings import settings

ROOT = Path(__file__).parents[2]
FOR_DEVELOPERS = {"revise"}


@pytest.fixture
def machine(tmp_path, installed_file, monkeypatch) -> Iterator[Path]:
    """A folder with a store, as the environment names it."""
    shutil.copyfile(installed_file, tmp_path / "firebreak.db")
    monkeypatch.setenv("FIREBREAK_DATABASE_URL", f"sqlite:///{tmp_path / 'firebreak.db'}")
    monkeypatch.setenv("FIREBREAK_FILES_DIR", str(tmp_path / "files"))
    this_store.cache_clear()
    settings.cache_clear()
    yield tmp_path
    this_store.cache_clear()
    settings.cache_clear()


def run(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as left:  # arguments that cannot be read
        return int(left.code or 0)


@pytest.mark.parametrize(
    ("arguments", "url", "said"),
    [
        (("export", "customers", "{folder}/missing/x.csv"), None, "cannot be reached"),
        (("init",), "sqlite:////dev/null/firebreak.db", "cannot be reached"),
        (("init",), "postgresql://127.0.0.1:1/firebreak", "cannot be reached"),
        (("move", "postgresql://firebreak:p@ss:w/ord@127.0.0.1/firebreak"), None, "%40"),
        (("move", "postgresql://firebreak:p@ss:1/w/ord@127.0.0.1/firebreak"), None, "%40"),
        (("move", "postgresql://firebreak:p@w/ord?s@127.0.0.1/firebreak"), None, "%40"),
        (("move", "mysql://firebreak@127.0.0.1/firebreak"), None, "no database address"),
        (("move", "postgresql://firebreak:p@ss@127.0.0.1/firebreak"), None, "@ is written %40"),
        (("import", "customers", "{folder}/missing.csv"), None, "cannot be opened"),
        (("import", "nonsense", "x.csv"), None, "not one of the choices"),
        (("process", "nonsense"), None, "no pipeline"),
    ],
)
def test_what_cannot_be_done_is_said(machine, monkeypatch, capsys, arguments, url, said):
    if url:
        monkeypatch.setenv("FIREBREAK_DATABASE_URL", url)
    assert run([a.format(folder=machine) for a in arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "w/ord" not in told


def test_a_process_of_its_own_says_it_too(machine):
    command = (sys.executable, "-m", "data", "process", "nonsense")
    result = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "no pipeline" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_file_of_an_import_can_be_taken_back(machine, capsys):
    files = [machine / "a.csv", machine / "b.csv"]
    for file, name in zip(files, ("Haihe Pumps", "Luan Valves"), strict=True):
        file.write_text(f"name\n{name}\n")
    assert run(["import", "customers", *map(str, files)]) == 0
    later, earlier = re.findall(r"undo-import (\d+)", capsys.readouterr().out)
    assert int(later) > int(earlier)
    assert [run(["undo-import", batch]) for batch in (later, earlier)] == [0, 0]


def test_a_worker_begins_its_log_and_says_where_it_works(machine, monkeypatch, caplog):
    begun = []
    monkeypatch.setenv("FIREBREAK_LOG", "json")
    monkeypatch.setattr("data.cli.worker.begin_log", lambda *how: begun.append(how))
    monkeypatch.setattr("data.cli.worker.signal.signal", lambda *_: None)
    monkeypatch.setattr("data.cli.worker.Worker.__call__", lambda _: None)
    with caplog.at_level("INFO"):
        assert run(["worker"]) == 0
    assert begun == [("json", "INFO")]
    assert caplog.messages == [f"at work on sqlite:///{machine / 'firebreak.db'}"]


def test_the_operators_guide_has_every_command():
    commands = argparse.ArgumentParser().add_subparsers()
    for part in PARTS:
        part.add(commands)
    guide = (ROOT / "docs" / "operator.md").read_text()
    assert set(re.findall(r"python -m data ([\w-]+)", guide)) == set(commands.choices) - FOR_DEVELOPERS
