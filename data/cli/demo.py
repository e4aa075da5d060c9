"""`demo`: writing the demo company."""

import argparse
import sys
from typing import Any

from data.demo import PASSWORD, write
from data.demo.sizes import LARGEST, SIZES, Size, sized
from data.demo.staff import ACCOUNTS
from data.runtime import this_store

Parsers = Any  # argparse names the type only privately


def add(commands: Parsers) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("demo", help="write the demo company into an empty store")
    named = ", ".join(SIZES)
    parser.add_argument(
        "--size", type=_size, default="full", help=f"{named}, or how many opportunities (up to {LARGEST:,})"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.set_defaults(run=_demo)


def _size(said: str) -> str | Size:
    if said in SIZES:
        return said
    if not said.isdecimal() or not 1 <= int(said) <= LARGEST:
        raise argparse.ArgumentTypeError(f"one of {', '.join(SIZES)}, or 1 to {LARGEST} opportunities")
    return sized(int(said))


def _demo(chosen: argparse.Namespace) -> int:
    store = this_store()
    write(store, chosen.size, chosen.seed, _bar if sys.stderr.isatty() else _Lines())
    print(file=sys.stderr)
    names = "\n".join(f"  {username:10} {name}" for username, (name, _) in ACCOUNTS.items())
    print(f"The demo company is in {store.shown_url}.")
    print("Start it with: streamlit run app.py")
    print(f"Accounts, all with the password {PASSWORD}:\n{names}")
    return 0


class _Lines:
    """A line for every tenth, where no terminal redraws one."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, share: float) -> None:
        tenths = int(10 * min(share, 1.0))
        if tenths > self._told:
            self._told = tenths
            print(f"{tenths * 10}%", file=sys.stderr, flush=True)


def _bar(share: float) -> None:
    filled = round(40 * min(share, 1.0))
    print(f"\r[{'#' * filled}{'.' * (40 - filled)}] {share:4.0%}", end="", file=sys.stderr, flush=True)
