"""The product's pictures and its style sheet."""

from pathlib import Path

_FOLDER = Path(__file__).parent
LOGO = str(_FOLDER / "logo.svg")
MARK = str(_FOLDER / "mark.svg")
STYLE = _FOLDER / "shell.css"
PRINT = _FOLDER / "print.css"
