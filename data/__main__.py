"""The command line: `python -m data …`. Exit 0: done; 3: done, rows refused; 2: nothing could be done."""

import argparse
import os
import sys

from sqlalchemy.exc import DBAPIError, OperationalError

from core.messages import AppError, Invalid, Unavailable
from data.cli import (
    backup,
    demo,
    exchange,
    explain,
    forecast,
    maintain,
    milestones,
    outlook,
    person,
    process,
    promises,
    worker,
)
from data.text import details, translate

PARTS = (
    maintain, backup, demo, exchange, process, forecast, outlook, explain, promises, milestones, person,
    worker,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in PARTS:
        part.add(commands)
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except AppError as error:
        print(_sentence(error), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, OperationalError) as error:
        print(translate("en", "errors.no_place", why=_cause(error)), file=sys.stderr)
        return 2
    return status


def _cause(error: BaseException) -> str:
    told = error.orig if isinstance(error, DBAPIError) else error
    return str(told).strip().splitlines()[0]


def _sentence(error: AppError) -> str:
    if isinstance(error, Unavailable) and error.__cause__:  # the operator is told what was said
        return translate("en", "errors.no_place", why=_cause(error.__cause__))
    if isinstance(error, Invalid):
        return "\n".join(
            f"{p.field}: {translate('en', f'problems.{p.code}', **p.params)}" for p in error.problems
        )
    return translate("en", f"errors.{error.code}", **details("en", error.params))


if __name__ == "__main__":
    sys.exit(main())
