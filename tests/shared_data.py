"""Where public data sets lie for tests; the product stands without them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "docs" / "examples"


def shared(name: str) -> Path:
    """A public data set's file; skips the test where it is absent."""
    folder = Path(os.environ.get("FIREBREAK_SHARED_DATA") or ROOT.parent / "shared" / "data")
    path = folder / name
    if not path.exists():
        pytest.skip(f"no {path}: set FIREBREAK_SHARED_DATA to the folder of public data sets")
    return path
