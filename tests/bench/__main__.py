"""All measurements, or those that are named: `python3 dev.py bench [--quick] [clicks flagging ingest register]`.

Each runs in a process of its own, so that none warms up another, and gives its figures beside the yardstick of the same
run. --quick: so small that the figures say nothing, to see that every measurement still works.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench._figures import Figure, fsync_us, machine

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(given: Sequence[str]) -> int:
    """Exit code: 0 all ran, 1 one failed, 2 called wrongly."""
    asked = _parser().parse_args(given)
    found: list[Figure] = []
    failed = False
    for place, name in enumerate(asked.names or NAMES, 1):
        _say(f"[{place}/{len(asked.names or NAMES)}] {name} …")
        figures = _measure(name, quick=asked.quick)
        failed = failed or not figures
        found += figures
    _say("\n".join(_table(found)))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="|".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small; shows only that it works")
    return parser


def _measure(name: str, *, quick: bool) -> list[Figure]:
    command = [sys.executable, "-m", "tests.bench._one", name, *(["--quick"] if quick else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return []
    return [Figure(**row) for row in json.loads(done.stdout)]


def _table(figures: Sequence[Figure]) -> Iterator[str]:
    yield f"{machine()}; fsync {fsync_us():.0f} µs (median)"
    yield f"{'':44} {'figure':>12} {'yardstick':>12}  {'unit':<12} {'ratio':>6}"
    for each in figures:
        yardstick = "–" if each.yardstick is None else f"{each.yardstick:,.2f}"
        ratio = "–" if each.ratio is None else f"{each.ratio:.2f}"
        yield f"{each.name:44} {each.value:12,.2f} {yardstick:>12}  {each.unit:<12} {ratio:>6}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
