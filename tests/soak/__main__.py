"""Long runs, all or those that are named: `python3 dev.py soak [kills sentence states flood | all]`.

Each prints lines as it goes and a table at its end. Exit code: 0 everything held, 1 something did not, 2 wrong call.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.soak import flood, kills, sentence, states
from tests.soak.kills import Outcome, Told

Run = Callable[[Path, Told], Outcome]
RUNS: Mapping[str, Run] = {
    "kills": lambda folder, told: kills.run(folder, kills.Plan(kills=50), told),
    "sentence": lambda folder, told: sentence.run(folder, kills=40, cases=120, told=told),
    "states": states.run,
    "flood": lambda folder, told: flood.run(folder, flood.Plan(), told),
}


def main(wanted: list[str]) -> int:
    """Do the runs one after the other."""
    names = list(RUNS) if wanted in ([], ["all"]) else wanted
    if unknown := sorted(set(names) - set(RUNS)):
        sys.stderr.write(f"soak knows no “{unknown[0]}”; it knows: {', '.join(RUNS)}, all.\n")
        return 2
    return max(_one(name, RUNS[name]) for name in names)


def _one(name: str, run: Run) -> int:
    console, begun = Console(), time.monotonic()

    def told(line: str) -> None:
        console.print(f"[dim]{time.monotonic() - begun:7.1f} s[/dim] {name}: {line}", highlight=False)

    with tempfile.TemporaryDirectory(prefix=f"nabij-{name}-") as folder:
        outcome = run(Path(folder), told)
    console.print(_table(name, outcome))
    for line in outcome.wrong:
        console.print(f"✗ {line}", style="bold red", markup=False, highlight=False)
    return 1 if outcome.wrong else 0


def _table(name: str, outcome: Outcome) -> Table:
    table = Table(title=f"soak: {name}", title_justify="left", box=None, show_header=False)
    for what, figure in outcome.figures.items():
        table.add_row(what, str(figure))
    table.add_row("what did not hold", str(len(outcome.wrong)))
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
