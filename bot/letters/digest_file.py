"""A report as a file for people: HTML that holds its chart, Markdown, or CSV with the bare figures."""

import base64
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bot import chart
from bot.letters.digest import (
    SPEEDS,
    Fact,
    Section,
    day_heads,
    day_rows,
    html,
    in_use,
    percent,
    sections,
    title,
)
from bot.quote import one_line
from bot.texts import Words
from bot.texts.labels import CATEGORIES, TOTALS, URGENCIES
from domain.categories import Urgency
from domain.digests import DAYS, Digest, Span
from domain.digests import TOTALS as TOTAL_KEYS
from domain.errors import Misconfigured

Cell = str | int | None
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(digest: Digest, to: Path, words: Words, *, house: str) -> None:
    """Write a report; its suffix says how. Misconfigured for another suffix, or where nothing can be written. A file is
    there whole or not at all.
    """
    check(to)
    body = _KINDS[to.suffix.lower()](digest, words, house)
    unfinished = to.with_name(to.name + ".deel")
    try:
        unfinished.write_bytes(body)
        unfinished.replace(to)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise Misconfigured("{path} cannot be written ({why}).", path=str(to), why=error.strerror or "?") from None


def check(to: Path) -> None:
    """Misconfigured unless a report can be written in the form that this name asks for."""
    if to.suffix.lower() not in _KINDS:
        raise Misconfigured("--to must end in .html, .md or .csv.")


# ---------------------------------------------------------------- HTML and Markdown


def _html(digest: Digest, words: Words, house: str) -> bytes:
    picture = ""
    if digest.days:
        picture = "data:image/png;base64," + base64.b64encode(chart.draw(digest, words)).decode("ascii")
    return html(digest, words, house=house, picture=picture).encode("utf-8", "backslashreplace")


def _markdown(digest: Digest, words: Words, house: str) -> bytes:
    parts = [f"# {_literal(title(digest, words))}", _literal(house)]
    for part in sections(digest, words):
        parts += [f"## {_literal(part.title)}", _section(part)]
        if part.key == "totalen" and digest.days:
            parts += [f"## {words('Per day')}", _per_day(digest, words)]
    parts.append(words("Figures of the team; nobody is counted apart."))
    return ("\n\n".join(parts) + "\n").encode("utf-8", "backslashreplace")


def _section(part: Section) -> str:
    return _literal(part.line) if part.line else "\n".join(f"- {_item(row)}" for row in part.rows)


def _item(row: Fact) -> str:
    value = f": **{_literal(row.value)}**" if row.value else ""
    return f"{_literal(row.label)}{value}{f' ({_literal(row.note)})' if row.note else ''}"


def _per_day(digest: Digest, words: Words) -> str:
    rows = [(words("Day"), *day_heads(words)), ("---",) * (len(DAYS) + 1)]
    rows += [(row.day, *row.figures) for row in day_rows(digest, words)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _literal(text: str) -> str:
    """Nothing in it is carried out by whoever draws Markdown."""
    return _SPECIAL.sub(r"\\\1", text)


# ---------------------------------------------------------------- CSV


def _csv(digest: Digest, words: Words, _house: str) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets here want it; durations in whole seconds."""
    stream = io.StringIO(newline="")
    out = csv.writer(stream, delimiter=";")
    heads = (words("Part"), words("What"), words("Figure"), words("Last week"))
    out.writerow([*heads, words("9 in 10 within"), words("Cases")])
    for row in _figures(digest, words):
        out.writerow([_harmless(cell, words) for cell in (*row, *[""] * (len(heads) + 2 - len(row)))])
    return stream.getvalue().encode("utf-8-sig", "backslashreplace")


def _figures(digest: Digest, words: Words) -> Iterator[tuple[Cell, ...]]:
    for key in TOTAL_KEYS:
        yield "totalen", words(TOTALS[key]), digest.totals[key], digest.previous[key] if digest.days else ""
    for (measure, where), label in SPEEDS.items():
        found: Span = getattr(digest, measure)[where]
        yield "snelheid", words(label), _seconds(found.median), "", _seconds(found.p90), found.n
    for key, number in digest.categories.items():
        yield "categorieen", words(CATEGORIES[key]), number
    for post in digest.posts:
        yield "berichten", one_line(post.title), post.breaches, "", "", post.comments
    for key, number in digest.work.open.items():
        yield "werk", words(URGENCIES[Urgency.of(key)]), number
    for account in digest.coverage:
        which = (account.label, account.account, in_use(account.since, digest, words))
        yield "dekking", " · ".join(filter(None, which)), percent(account.share, words)
    for row in day_rows(digest, words):
        for head, figure in zip(day_heads(words), row.figures, strict=True):
            yield "dagen", f"{row.day} · {head}", figure


def _seconds(length: float | None) -> int | str:
    return "" if length is None else int(length)


def _harmless(cell: Cell, words: Words) -> str:
    """A cell that a spreadsheet would carry out is written as text."""
    if cell is None:
        return words("no data")
    return f"'{cell}" if str(cell).lstrip(" ").startswith(_FORMULA) else str(cell)


_KINDS: Mapping[str, Callable[[Digest, Words, str], bytes]] = {".html": _html, ".md": _markdown, ".csv": _csv}
