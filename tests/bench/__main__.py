"""All measurements, or those that are named: `python3 dev.py bench [flagging register …]`.

Each is a module of this folder that prints its figures beside its yardstick. Each runs in a process of its own, so that
none warms up another.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(wanted: list[str]) -> int:
    """Exit code: 0 all ran, 1 one failed, 2 called wrongly."""
    if unknown := sorted(set(wanted) - set(NAMES)):
        sys.stderr.write(f"bench knows no “{unknown[0]}”; it knows: {', '.join(NAMES)}.\n")
        return 2
    failed = 0
    for name in wanted or NAMES:
        sys.stdout.write(f"── {name}\n")
        sys.stdout.flush()
        failed |= subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
