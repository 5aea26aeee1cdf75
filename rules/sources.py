"""What each source of a ruleset stands for: lists looked up, macros filled in, patterns tried, guards known."""

import re
from collections.abc import Callable, Iterator

import re2

from domain.errors import Misconfigured
from rules.book import Book, Rule
from rules.matcher import options
from rules.normalise import fold
from rules.personal import KINDS
from rules.scene import GUARD_LISTS

Complain = Callable[[str], Misconfigured]

_MACRO = re.compile(r"\{([a-z_]+)\}")
_ESCAPED = re.compile(r"\\.")
_GUARD = re.compile(r"(ontkenning|citaat)(?::([1-9][0-9]?))?$")


def sources_of(book: Book) -> dict[str, tuple[str, ...]]:
    """Source → its entries, for every source that a rule or a guard of the book reads.

    Misconfigured names the file, the rule and what is wrong with it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for rule in book.rules:
        for source in (*rule.sources, *_guard_sources(rule)):
            if source not in found:
                found[source] = tuple(_entries(source, book, _complaint(rule, source)))
    return found


def _complaint(rule: Rule, source: str) -> Complain:
    def complain(why: str) -> Misconfigured:
        return Misconfigured(
            "{file}: rule {rule}: {source}: {why}.", file=rule.file, rule=rule.id, source=source, why=why
        )

    return complain


def _guard_sources(rule: Rule) -> Iterator[str]:
    for guard in (*rule.unless, *rule.downgrade, *(["ontkenning"] if rule.flip else [])):
        if guard.startswith("@"):
            yield guard
        elif known := _GUARD.match(guard):
            yield from GUARD_LISTS[known[1]]
        else:
            raise _complaint(rule, guard)("no guard; use ontkenning, ontkenning:3, citaat or @list")


def _entries(source: str, book: Book, complain: Complain) -> Iterator[str]:
    if source.startswith("#"):
        if source not in KINDS:
            raise complain(f"no kind of personal data; known are {', '.join(KINDS)}")
    elif source.startswith("@"):
        if source[1:] not in book.lists:
            raise complain("there is no such list")
        for entry in book.lists[source[1:]].entries:
            yield _entry(entry, book, complain)
    else:
        yield _entry(source if source.startswith("/") else fold(source), book, complain)


def _entry(entry: str, book: Book, complain: Complain) -> str:
    if entry.startswith("/"):
        return _pattern(entry, book, complain)
    core = entry.strip("*")
    if not core.strip() or "*" in core or "  " in core:
        raise complain(f"“{entry}” is no term; a * stands only at its ends")
    return entry


def _pattern(entry: str, book: Book, complain: Complain) -> str:
    """The pattern with `{list}` filled in, tried by re2."""
    plain = _ESCAPED.sub("", entry)
    if fold(plain) != plain:
        raise complain(f"{entry} has capitals or accents and can never hit; write it as the text looks after folding")
    if len(entry) < len("/x/") or not entry.endswith("/"):
        raise complain(f"{entry} must end with /")
    pattern = _MACRO.sub(lambda macro: _alternatives(macro[1], book, complain), entry)
    try:
        compiled = re2.compile(pattern[1:-1], options())
    except re2.error as error:
        raise complain(f"{entry} is no pattern of re2: {_said(error)}") from None
    if compiled.search(""):
        raise complain(f"{entry} hits nothing at all too")
    return pattern


def _said(error: Exception) -> str:
    said = error.args[0]
    return said.decode() if isinstance(said, bytes) else str(said)


def _alternatives(name: str, book: Book, complain: Complain) -> str:
    """The terms of a list as one group."""
    if name not in book.lists:
        raise complain(f"there is no list “{name}” for {{{name}}}")
    return "(?:" + "|".join(_as_pattern(entry) for entry in book.lists[name].entries) + ")"


def _as_pattern(entry: str) -> str:
    if entry.startswith("/"):
        return f"(?:{entry[1:-1]})"
    core = re.escape(entry.strip("*"))
    return r"\w*" * entry.startswith("*") + core + r"\w*" * entry.endswith("*")
