"""Random lives of cases, the long form: 1,000 lives of 50 moves each (`tests.commands.life`)."""

import time
import traceback
from pathlib import Path

from tests.commands.life import live
from tests.soak.kills import Outcome, Told

LIVES, MOVES = 1000, 50


def run(_folder: Path, told: Told = lambda _: None) -> Outcome:
    """Play them; a promise that did not hold is told with the moves that lead to it."""
    begun = time.monotonic()
    outcome = Outcome({"lives": LIVES, "moves each, at most": MOVES})
    told(f"{LIVES} lives of at most {MOVES} moves")
    try:
        live(LIVES, MOVES)
    except AssertionError as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        moves = "\n".join(getattr(error, "__notes__", ()))
        outcome.wrong.append(f"{place.name}: {place.line} {error}\n{moves}")
    outcome.figures["seconds"] = round(time.monotonic() - begun)
    return outcome
