"""Pages of the docs that are made from the code: `python -m tests.house.pages` writes them, a test compares.

Only `docs/regels.md` so far.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.texts import catalogue
from bot.texts.labels import CATEGORIES, URGENCIES
from domain import categories
from domain.categories import Certainty
from rules.book import Rule
from rules.rulefile import read

ROOT = Path(__file__).parents[2]
RULES_PAGE = ROOT / "docs" / "regels.md"

_HEAD = """# De detectieregels

Gemaakt uit het profiel `gent` (`rules/profiles/gent`) met `python -m tests.house.pages`; niet met de hand te wijzigen.
Een regel stelt alleen iets voor. *Zeker* bepaalt wie eerst wordt gestoord, nooit wat er gebeurt. Elke regel draagt
zijn eigen voorbeelden, van wat hij moet markeren en van wat hij met rust moet laten; die staan in zijn bestand.
"""
_STATES = {"live": "telt mee", "shadow": "schaduw", "off": "uit"}


def rules_page() -> str:
    """The whole page: a heading per category, a table of its rules."""
    return "\n".join([_HEAD, *_sections(read("gent", None, {}).rules)])


def _sections(rules: Iterable[Rule]) -> Iterator[str]:
    by_category: dict[str, list[Rule]] = {}
    for rule in rules:
        by_category.setdefault(rule.category, []).append(rule)
    for category in sorted(by_category, key=lambda key: categories.PRIORITY[key]):
        yield f"## {catalogue()(CATEGORIES[category])} (`{category}`)\n"
        yield "| Regel | Wat | Dringendheid | Zeker | Staat |"
        yield "|---|---|---|---|---|"
        yield from map(_row, by_category[category])
        yield ""


def _row(rule: Rule) -> str:
    sure = "ja" if rule.certain is Certainty.HOOG else "te beoordelen"
    urgency = catalogue()(URGENCIES[rule.level]).lower()
    return f"| `{rule.id}` | {rule.title} | {urgency} | {sure} | {_STATES[rule.state]} |"


if __name__ == "__main__":
    RULES_PAGE.write_text(rules_page(), encoding="utf-8")
