"""`rules check`: everything that is wrong with a profile, as lines for a person."""

from pathlib import Path

from domain.errors import Misconfigured
from rules import lint, rulefile
from rules.engine import Rules


def check(profile: str, override: Path | None = None) -> list[str]:
    """One line per problem, each naming file and rule; none when the profile may be used."""
    try:
        rules = Rules(rulefile.read(profile, override, {}))
    except Misconfigured as error:
        return [str(error)]
    return [str(problem) for problem in lint.problems(rules.book, rules.hitting)]
