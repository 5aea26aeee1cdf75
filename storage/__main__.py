"""`python -m storage migrate`: the release step. For developers: `python -m storage revise "message"`."""

import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import Misconfigured
from storage import migrate
from storage.configuration import load
from storage.database import Database


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 2 called wrongly or misconfigured."""
    try:
        return _run(arguments, Database(load(Path.cwd()).database_url))
    except Misconfigured as error:
        return _wrong(str(error))
    except SQLAlchemyError as error:
        return _wrong(f"The database cannot be used ({type(error).__name__}); see NABIJ_DATABASE_URL and NABIJ_DATA.")


def _run(arguments: list[str], database: Database) -> int:
    match arguments:
        case ["migrate"]:
            migrate.upgrade(database)
        case ["revise", message]:
            migrate.revise(database, message)
        case _:
            return _wrong("use: python -m storage migrate")
    return 0


def _wrong(line: str) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - the voice of a command line
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
