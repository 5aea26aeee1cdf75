"""`python -m storage migrate`: the release step. For developers: `python -m storage revise "message"`."""

import sys
from pathlib import Path

from domain.errors import Misconfigured
from storage import migrate
from storage.configuration import load
from storage.database import Database


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 2 called wrongly or misconfigured."""
    try:
        database = Database(load(Path.cwd()).database_url)
    except Misconfigured as error:
        print(error, file=sys.stderr)  # noqa: T201 - the voice of a command line
        return 2
    match arguments:
        case ["migrate"]:
            migrate.upgrade(database)
        case ["revise", message]:
            migrate.revise(database, message)
        case _:
            print("use: python -m storage migrate", file=sys.stderr)  # noqa: T201 - same
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
