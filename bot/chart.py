"""The chart of a week report: per day how many comments were hidden, deleted and left standing.

Series differ by pattern, not by colour, and every bar says its number. A day on which nobody looked is a band with the
words, which is not the same as 0. The same figures give the same bytes.
"""

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from bot.texts import Words
from bot.texts.labels import TOTALS
from domain.digests import DAYS, Digest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

DPI = 200
_BAR, _GAP = 0.28, 0.02
"""Width of a bar, and what stands between two; a day is 1 wide."""
_ROOM = 1.18
"""Height over the highest bar, for its number."""
_PATTERNS = dict(zip(DAYS, ("", "////", None), strict=True))
"""Filled, hatched, open: three that cannot be taken for each other in grey either."""
_DIGIT = 0.64
"""Width of a digit, as a part of the size of its letters."""
_POINTS, _WEEK = 72, 7
"""Points per inch, days per week."""
_WIDE = 0.96
"""Part of the picture that the bars take."""
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Look:
    """Colours, as in the tokens of the style sheet · width, height: inches · size: of the letters, in points."""

    surface: str
    ink: str
    soft: str
    accent: str
    width: float = 7.2
    height: float = 3.0
    size: float = 9.5


_LIGHT = _Look("#ffffff", "#1a212b", "#4d5866", "#1a5296")
_DARK = _Look("#1a2028", "#e7eaef", "#adb7c3", "#93c0f6")


def draw(digest: Digest, words: Words, *, dark: bool = False, narrow: bool = False) -> bytes:
    """The chart as PNG. Half a second the first time and a tenth after that, so never on the event loop. dark: for dark
    pages · narrow: for a phone.
    """
    look = _DARK if dark else _LIGHT
    with _one_at_a_time:  # its cache of letters is shared
        return _draw(digest, words, _phone(look) if narrow else look)


def _phone(look: _Look) -> _Look:
    """As wide as the page of a phone, so that the letters stay about as large."""
    return replace(look, width=3.5, height=3.1, size=8.0)


def alt(digest: Digest, words: Words) -> str:
    """The chart in words: every figure, day by day."""
    days = "; ".join(_said(day, digest.days[day], words) for day in sorted(digest.days))
    return words("Hidden, deleted and left standing per day. {days}.", days=days)


def _said(day: str, figures: Mapping[str, int | None], words: Words) -> str:
    name = format_date(date.fromisoformat(day), "EEEE d MMMM", locale=words.language)
    if _unseen(figures):
        return words("{day}: no data", day=name)
    return words("{day}: {hidden} hidden, {deleted} deleted, {left} left standing", day=name, **_counted(figures))


def _counted(figures: Mapping[str, int | None]) -> dict[str, int]:
    hidden, deleted, left = (figures[key] or 0 for key in DAYS)
    return {"hidden": hidden, "deleted": deleted, "left": left}


def _unseen(figures: Mapping[str, int | None]) -> bool:
    return all(figures[key] is None for key in DAYS)


# ---------------------------------------------------------------- with matplotlib


def _draw(digest: Digest, words: Words, look: _Look) -> bytes:
    # Late, because loading it and drawing once take half a second and 66 MB: only who draws a chart pays for that. The
    # object interface, because that of `pyplot` keeps every figure in a table of the process.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(look.width, look.height), dpi=DPI, facecolor=look.surface)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.02, 0.17, _WIDE, 0.70), facecolor=look.surface)
    days = [(day, digest.days[day]) for day in sorted(digest.days)]
    top = max([figures[key] or 0 for _, figures in days for key in DAYS] or [0]) or 1
    for place, (_, figures) in enumerate(days):
        if _unseen(figures):
            _no_data(axes, place, words("no data"), top, look)
        else:
            _bars(axes, place, figures, top, look)
    _frame(axes, [_tick(day, words) for day, _ in days], top, look)
    _legend(axes, words, look)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def _bars(axes: "Axes", place: int, figures: Mapping[str, int | None], top: int, look: _Look) -> None:
    words: dict[str, Any] = {"ha": "center", "va": "bottom", "color": look.ink, "rotation": _turn(top, look)}
    for order, key in enumerate(DAYS):
        number, left = figures[key] or 0, place + (order - 1) * (_BAR + _GAP)
        axes.bar(left, number, _BAR, **_pattern(key, look))
        axes.text(left, number + top * 0.02, str(number), fontproperties=_font(look), **words)


def _turn(top: int, look: _Look) -> int:
    """Degrees by which numbers are turned: they stand upright where the widest has no room over its bar."""
    room = look.width * _WIDE / _WEEK * (_BAR + _GAP) * _POINTS
    return 90 if len(str(top)) * _DIGIT * look.size > room else 0


def _no_data(axes: "Axes", place: int, text: str, top: int, look: _Look) -> None:
    axes.bar(
        place, top * _ROOM, 0.86, facecolor="none", edgecolor=look.soft, linestyle=(0, (2, 3)), linewidth=0.8, alpha=0.9
    )
    axes.text(
        place, top * _ROOM / 2, text, rotation=90, ha="center", va="center", color=look.soft, fontproperties=_font(look)
    )


def _pattern(key: str, look: _Look) -> dict[str, Any]:
    hatch = _PATTERNS[key]
    filled = look.accent if hatch == "" else look.surface
    edge = look.ink if hatch is None else look.accent
    return {"facecolor": filled, "edgecolor": edge, "hatch": hatch or None, "linewidth": 1.0}


def _frame(axes: "Axes", ticks: Sequence[str], top: int, look: _Look) -> None:
    axes.set_xlim(-0.5, len(ticks) - 0.5)
    axes.set_ylim(0, top * _ROOM)
    axes.set_yticks([])
    axes.set_xticks(range(len(ticks)), ticks, color=look.ink, fontproperties=_font(look))
    axes.tick_params(axis="x", length=0, pad=4)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(look.soft)


def _legend(axes: "Axes", words: Words, look: _Look) -> None:
    from matplotlib.patches import Patch

    patches = [Patch(label=words(TOTALS[key]), **_pattern(key, look)) for key in DAYS]
    axes.legend(
        handles=patches,
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=len(DAYS),
        frameon=False,
        borderpad=0.0,
        handlelength=1.5,
        columnspacing=1.0,
        prop=_font(look),
        labelcolor=look.ink,
    )


def _tick(day: str, words: Words) -> str:
    return format_date(date.fromisoformat(day), "EEE\nd/M", locale=words.language)


def _font(look: _Look) -> "FontProperties":
    """The letters that come with matplotlib, by file: those of the machine would change the picture."""
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans.ttf", size=look.size)
