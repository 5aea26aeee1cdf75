"""A report in words: neutral sections that every channel draws, and the letter made of them.

What was not observed is "geen gegevens", never 0; a report that has nothing to tell is one line.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal

from bot import chart
from bot.letters.drawer import template
from bot.quote import one_line
from bot.texts import N_, Words
from bot.texts.labels import CATEGORIES, DIGESTS, TOTALS, URGENCIES
from bot.texts.times import span, when
from domain.categories import PRIORITY, Urgency
from domain.clock import local
from domain.digests import DAYS, Digest, DigestKind, Period, PostFigures, Span
from domain.digests import TOTALS as TOTAL_KEYS
from domain.ports import Letter

_TITLE = 100
"""Code points of the title of a post."""
SPEEDS = {
    ("to_action", "binnen"): N_("To the first decision, inside hours"),
    ("to_action", "buiten"): N_("To the first decision, outside hours"),
    ("visible", "binnen"): N_("Visible until hidden or deleted, inside hours"),
    ("visible", "buiten"): N_("Visible until hidden or deleted, outside hours"),
}
"""(Attribute of a Digest, key in it) → what it measures."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure. value: ready to show · note: what belongs to it · url: of a post, empty without."""

    label: str
    value: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report. key: `totalen`, `snelheid`, `categorieen`, `berichten`, `werk`, `vandaag`, `dekking`,
    `rust` · line: instead of rows, when there is only one thing to say.
    """

    key: str
    title: str
    rows: tuple[Fact, ...] = ()
    line: str = ""


def title(digest: Digest, words: Words) -> str:
    """`Weekoverzicht week 47: 16 november tot 22 november 2026`, `Dagstart maandag 23 november 2026`."""
    name = words(DIGESTS[digest.kind])
    last = local(digest.end).date()
    if digest.kind is DigestKind.DAGSTART:
        return f"{name} {format_date(last, 'EEEE d MMMM yyyy', locale=words.language)}"
    first, last = local(digest.start).date(), last - timedelta(days=1)
    dates = {
        "first": format_date(first, "d MMMM", locale=words.language),
        "last": format_date(last, "d MMMM yyyy", locale=words.language),
    }
    return words("{report} {n}: {first} to {last}", report=name, n=int(digest.key[-2:]), **dates)


def name_of(digest: Digest) -> str:
    """Name of the report in addresses: `weekoverzicht:2026-W47`."""
    return Period(digest.kind, digest.key, digest.start, digest.end).id


def sections(digest: Digest, words: Words) -> tuple[Section, ...]:
    """All that a report says, in order; empty parts are left out."""
    parts = _week(digest, words) if digest.kind is DigestKind.WEEKOVERZICHT else _day(digest, words)
    return tuple(part for part in parts if part.rows or part.line)


def _week(digest: Digest, words: Words) -> Iterator[Section]:
    yield Section("totalen", words("At a glance"), tuple(_totals(digest, words)))
    yield Section("snelheid", words("Speed"), tuple(_speed(digest, words)))
    yield Section("categorieen", words("Categories"), tuple(_categories(digest, words)))
    yield Section("berichten", words("Posts that provoked most"), tuple(_posts(digest, words)))
    yield Section("werk", words("Open work"), tuple(_work(digest, words)))
    yield Section(
        "vandaag", words("Events of the week"), tuple(Fact(one_line(name, _TITLE), "") for name in digest.events)
    )
    yield Section("dekking", words("Coverage"), tuple(_coverage(digest, words)))


def _day(digest: Digest, words: Words) -> Iterator[Section]:
    if _quiet(digest):
        yield Section("rust", words("Nothing to report"), line=_quiet_line(digest, words))
        return
    yield Section("werk", words("What waits now"), tuple(_work(digest, words)))
    yield Section("vandaag", words("Today"), tuple(Fact(one_line(name, _TITLE), "") for name in digest.events))
    since = words("Since {time}", time=when(digest.start, digest.end, words))
    yield Section("totalen", since, tuple(row for row in _totals(digest, words) if row.value != "0"))
    yield Section("dekking", words("Coverage"), tuple(_coverage(digest, words)))


def _quiet(digest: Digest) -> bool:
    """Looked at, nothing flagged, nothing done, nothing waits, nothing runs today."""
    work = digest.work
    waits = any((work.open, work.grace, work.concepts, work.failed, digest.events))
    return (
        not waits and all(digest.totals[key] == 0 for key in TOTAL_KEYS if key != "gelezen") and bool(digest.observed)
    )


def _quiet_line(digest: Digest, words: Words) -> str:
    read = words.ngettext(
        "{n} comment was read, none was flagged.",
        "{n} comments were read, none was flagged.",
        digest.totals["gelezen"] or 0,
    )
    return f"{read} {words('Observed: {share}.', share=observed(digest, words))}"


# ---------------------------------------------------------------- figures in words


def number(figure: int | None, words: Words) -> str:
    """`4.812`, or that nobody knows."""
    return words("no data") if figure is None else format_decimal(figure, locale=words.language)


def percent(share: float | None, words: Words) -> str:
    """`98,7 %`, rounded down: what was not wholly watched is never 100 %."""
    if share is None:
        return words("no data")
    tenths = math.floor(round(share * 1000, 6))
    return f"{format_decimal(tenths / 10, '0.#', locale=words.language)} %"


def in_use(began: datetime | None, digest: Digest, words: Words) -> str:
    """`in gebruik sinds za 17 jul 22:45`: what was looked at is a share of the rest; empty for the whole period."""
    return words("in use since {time}", time=when(began, digest.made_at, words)) if began else ""


def observed(digest: Digest, words: Words) -> str:
    """How much was looked at, and of what: `98,7 %, in gebruik sinds za 17 jul 22:45`."""
    share = percent(digest.observed, words)
    return ", ".join(filter(None, (share, in_use(digest.since, digest, words))))


def change(now: int | None, then: int | None) -> str:
    """`+3`, `−2`; empty when there is no difference, or one of the two is not known."""
    if now is None or then is None or now == then:
        return ""
    return f"{'+' if now > then else '−'}{abs(now - then)}"


def _totals(digest: Digest, words: Words) -> Iterator[Fact]:
    weekly = digest.kind is DigestKind.WEEKOVERZICHT
    for key in TOTAL_KEYS:
        figure = digest.totals[key]
        parts = (_part(digest, key, words), _against(figure, digest.previous[key], words) if weekly else "")
        yield Fact(words(TOTALS[key]), number(figure, words), " · ".join(part for part in parts if part))


def _part(digest: Digest, key: str, words: Words) -> str:
    read, figure = digest.totals["gelezen"], digest.totals[key]
    if key != "gemarkeerd" or not read or figure is None:
        return ""
    rate = format_decimal(round(100 * figure / read, 1), "0.#", locale=words.language)
    return words("{share} of what was read", share=f"{rate} %")


def _against(now: int | None, then: int | None, words: Words) -> str:
    if now is None or then is None:
        return "" if now is None else words("last week: no data")
    if now == then:
        return words("as many as last week")
    return words("{change} against last week", change=change(now, then))


def _speed(digest: Digest, words: Words) -> Iterator[Fact]:
    for (measure, where), label in SPEEDS.items():
        spans: Mapping[str, Span] = getattr(digest, measure)
        yield _span(words(label), spans[where], words, looked=bool(digest.observed))


def _span(label: str, found: Span, words: Words, *, looked: bool) -> Fact:
    if found.median is None or found.p90 is None:
        return Fact(label, words("no cases") if looked else words("no data"))
    nine = words("9 in 10 within {span}", span=span(found.p90, words))
    of = words.ngettext("{n} case", "{n} cases", found.n)
    return Fact(label, span(found.median, words), f"{nine} · {of}")


def _categories(digest: Digest, words: Words) -> Iterator[Fact]:
    for key in sorted(digest.categories, key=lambda key: (-digest.categories[key], PRIORITY[key])):
        yield Fact(words(CATEGORIES[key]), number(digest.categories[key], words))


def _posts(digest: Digest, words: Words) -> Iterator[Fact]:
    for post in digest.posts:
        of = words.ngettext("of {n} comment", "of {n} comments", post.comments)
        yield Fact(_named(post, words), words.ngettext("{n} breach", "{n} breaches", post.breaches), of, _link(post))


def _named(post: PostFigures, words: Words) -> str:
    return one_line(post.title, _TITLE) or words("A post without title")


def _link(post: PostFigures) -> str:
    return post.url if post.url and post.url.startswith(("https://", "http://")) else ""


def _work(digest: Digest, words: Words) -> Iterator[Fact]:
    work = digest.work
    if work.open:
        urgencies = sorted((Urgency.of(key) for key in work.open), reverse=True)
        told = ", ".join(f"{work.open[each.key]} {words(URGENCIES[each]).lower()}" for each in urgencies)
        yield Fact(words("Open cases"), number(sum(work.open.values()), words), told)
    if work.oldest:
        yield Fact(words("The oldest waits since"), when(work.oldest, digest.made_at, words))
    for figure, label in (
        (work.grace, N_("Deletions planned")),
        (work.concepts, N_("Dossiers that wait for a second reader")),
        (work.failed, N_("Acts that failed")),
    ):
        if figure:
            yield Fact(words(label), number(figure, words))
    if not any((work.open, work.grace, work.concepts)):
        yield Fact(words("Open cases"), "0", words("nothing waits"))


def _coverage(digest: Digest, words: Words) -> Iterator[Fact]:
    yield Fact(words("Observed"), percent(digest.observed, words), in_use(digest.since, digest, words))
    if len(digest.coverage) > 1:
        for one in digest.coverage:
            began = in_use(one.since, digest, words)
            yield Fact(f"{one.label} · {one.account}", percent(one.share, words), began)


# ---------------------------------------------------------------- the chart as a table


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the chart. figures: in the order of DAYS, ready to show."""

    day: str
    figures: tuple[str, ...]


def day_rows(digest: Digest, words: Words) -> tuple[DayRow, ...]:
    """What the chart shows, day by day."""
    return tuple(
        DayRow(
            format_date(date.fromisoformat(day), "EEE d MMM", locale=words.language),
            tuple(number(digest.days[day][key], words) for key in DAYS),
        )
        for day in sorted(digest.days)
    )


def day_heads(words: Words) -> tuple[str, ...]:
    """Heads of that table, without the day."""
    return tuple(words(TOTALS[key]) for key in DAYS)


# ---------------------------------------------------------------- the letter


def letter(digest: Digest, words: Words, *, house: str, link: str = "") -> Letter:
    """The report as a letter. house: who reports · link: address of its page, empty when none can be reached from
    outside. Draws the chart, so it blocks.
    """
    drawn = chart.draw(digest, words) if digest.days else b""
    return Letter(
        subject=_subject(digest, words),
        text=text(digest, words, house=house, link=link),
        html=html(digest, words, house=house, link=link),
        picture=drawn,
        picture_name=f"{digest.kind}-{digest.key}.png" if drawn else "",
        alt=chart.alt(digest, words) if drawn else "",
    )


def _subject(digest: Digest, words: Words) -> str:
    name = words(DIGESTS[digest.kind])
    if digest.kind is DigestKind.WEEKOVERZICHT:
        done = ", ".join(f"{words(TOTALS[key]).lower()} {number(digest.totals[key], words)}" for key in DAYS)
        return words("{report} week {n}: {done}", report=name, n=int(digest.key[-2:]), done=done)
    day = format_date(local(digest.end).date(), "EEE d MMM", locale=words.language)
    if _quiet(digest):
        return words("{report} {day}: nothing to report", report=name, day=day)
    return words("{report} {day}: {n} open", report=name, day=day, n=sum(digest.work.open.values()))


def text(digest: Digest, words: Words, *, house: str, link: str = "") -> str:
    """The report in plain text; it stands without the chart."""
    parts = [f"{title(digest, words)}\n{house}"]
    for part in sections(digest, words):
        lines = [part.line] if part.line else [_line(row) for row in part.rows]
        parts.append("\n".join([part.title.upper(), *lines]))
    if digest.days:
        parts.append("\n".join([words("Per day").upper(), *_day_lines(digest, words)]))
    parts += [link] if link else []
    return "\n\n".join([*parts, words("Figures of the team; nobody is counted apart.")]) + "\n"


def _line(row: Fact) -> str:
    value = f": {row.value}" if row.value else ""
    return f"{row.label}{value}{f' ({row.note})' if row.note else ''}"


def _day_lines(digest: Digest, words: Words) -> Iterator[str]:
    heads = [head.lower() for head in day_heads(words)]
    for row in day_rows(digest, words):
        if len(set(row.figures)) == 1 and row.figures[0] == words("no data"):
            yield f"{row.day}: {row.figures[0]}"
        else:
            yield f"{row.day}: " + ", ".join(
                f"{head} {figure}" for head, figure in zip(heads, row.figures, strict=True)
            )


def html(digest: Digest, words: Words, *, house: str, link: str = "", picture: str = "") -> str:
    """The report drawn for mail or as a file of its own. picture: address of the chart in it; empty when the chart goes
    along as an attachment.
    """
    return template("digest.html").render(
        _=words,
        language=words.language.replace("_", "-"),
        title=title(digest, words),
        house=house,
        link=link,
        sections=sections(digest, words),
        picture=picture,
        alt=chart.alt(digest, words) if digest.days else "",
        heads=day_heads(words),
        days=day_rows(digest, words),
    )
