"""Invented reports for drawing tests: every figure, page and event in here is made up."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.calendar import Cover
from domain.clock import BRUSSELS
from domain.digests import DAYS, TOTALS, AccountCoverage, Digest, OpenWork, PostFigures, Span, day, week

HOSTILE = "<script>alert(1)</script> =1+1 [x](javascript:0) \u202egnik\u202c & | `x`"
_OF_DAYS = ((8, 2, 5), (12, 0, 9), (3, 1, 4), None, (17, 4, 11), (31, 6, 14), (0, 0, 0))


def at(day_of_month: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026 on a Brussels clock."""
    return datetime(2026, 11, day_of_month, hour, minute, tzinfo=BRUSSELS)


def per_day(*figures: tuple[int, int, int] | None) -> dict[str, dict[str, int | None]]:
    """Figures of the days of the week of 16 November; None = nobody looked."""
    return {
        f"2026-11-{16 + place}": dict(zip(DAYS, each, strict=True)) if each else dict.fromkeys(DAYS)
        for place, each in enumerate(figures)
    }


def totals(*figures: int | None) -> dict[str, int | None]:
    """Totals in their order."""
    return dict(zip(TOTALS, figures, strict=True))


def weekly(**over: Any) -> Digest:
    """The week report of 16 to 22 November 2026, made on Monday at 09:15."""
    period = week("2026-W47")
    made = Digest(
        kind=period.kind,
        key=period.key,
        start=period.start,
        end=period.end,
        made_at=at(23, 9, 15),
        totals=totals(4812, 149, 71, 13, 43, 19, 2, 0),
        previous=totals(4800, 149, 74, None, 43, 16, 1, 0),
        to_action={"binnen": Span(540.0, 2460.0, 96), "buiten": Span(32_400.0, 59_000.0, 31)},
        visible={"binnen": Span(840.0, 3000.0, 60), "buiten": Span()},
        categories={"trollen": 12, "belediging_scheldproza": 96, "bedreiging": 12, "racisme_discriminatie": 29},
        posts=(
            PostFigures("Autovrije zone tijdens de Feesten", "https://facebook.example/1001/1", 31, 412),
            PostFigures("", None, 1, 1),
        ),
        work=OpenWork({"normaal": 3, "kritiek": 1}, at(21, 23, 4), grace=1, concepts=2, failed=1),
        coverage=(
            AccountCoverage("Facebook", "Gentse Flikken", 0.98765),
            AccountCoverage("Facebook", "Wijkpolitie Rabot", None),
        ),
        observed=0.98765,
        days=per_day(*_OF_DAYS),
        events=("Lichtfestival",),
    )
    return replace(made, **over)


def daily(**over: Any) -> Digest:
    """The start of the day of Monday 23 November 2026."""
    period = day("2026-11-23", Cover())
    made = replace(
        weekly(),
        kind=period.kind,
        key=period.key,
        start=period.start,
        end=period.end,
        made_at=at(23, 9),
        totals=totals(640, 12, 4, 1, 3, 0, 0, 1),
        previous=dict.fromkeys(TOTALS),
        days={},
    )
    return replace(made, **over)


def quiet(**over: Any) -> Digest:
    """A start of the day on which there is nothing to report."""
    nothing = OpenWork({}, None, 0, 0, 0)
    made = daily(
        totals=totals(212, 0, 0, 0, 0, 0, 0, 0), work=nothing, events=(), categories={}, posts=(), observed=1.0
    )
    return replace(made, **over)
