"""`python -m bot.texts update`: read the msgids of the house again and bring the catalogue up to date.

What is new stands there without translation until somebody writes it; what is gone is removed. Exit 1 while one misses.
"""

import sys

from babel.messages.pofile import read_po, write_po

from bot.texts import LANGUAGE, po_file
from bot.texts.extract import msgids, template


def update() -> int:
    """Write the catalogue; the number of msgids without translation."""
    path = po_file()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=LANGUAGE)
    catalogue.update(template(msgids()), no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, catalogue, width=118, sort_output=True, ignore_obsolete=True)
    return sum(not all(m.string if isinstance(m.string, tuple) else (m.string,)) for m in catalogue if m.id)


def main() -> int:
    """Exit code: 0 all translated, 1 some missing, 2 wrong call."""
    if sys.argv[1:] != ["update"]:
        sys.stderr.write("usage: python -m bot.texts update\n")
        return 2
    missing = update()
    sys.stdout.write(f"{po_file().name}: {missing} without translation\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
