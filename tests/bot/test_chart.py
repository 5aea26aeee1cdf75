"""The chart of a week report: the same figures, the same bytes; no data looks different from nothing."""

import hashlib
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from bot import chart
from bot.texts import catalogue
from domain.digests import DAYS
from tests.fakes.reports import per_day, weekly

WORDS = catalogue()
ZERO, NOBODY = (0, 0, 0), None


def pixels(png: bytes) -> np.ndarray:
    """The picture, as rows of grey."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=int)


def drawn(*days: tuple[int, int, int] | None, **how: bool) -> np.ndarray:
    """The chart of these days."""
    return pixels(chart.draw(weekly(days=per_day(*days)), WORDS, **how))


class TestBytes:
    """A PNG."""

    def test_the_same_for_the_same(self) -> None:
        """Drawn twice, and in another process, not a byte differs; who made it does not stand in it."""
        code = (
            "import hashlib; from bot import chart; from bot.texts import catalogue;"
            "from tests.fakes.reports import weekly;"
            "print(hashlib.sha256(chart.draw(weekly(), catalogue())).hexdigest())"
        )
        here = chart.draw(weekly(), WORDS)
        there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

        assert here == chart.draw(weekly(), WORDS)
        assert hashlib.sha256(here).hexdigest() == there
        assert b"Software" not in here

    def test_at_once(self) -> None:
        """Several people may look at the same moment."""
        once = chart.draw(weekly(), WORDS)
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(lambda _: chart.draw(weekly(), WORDS), range(8))) == {once}

    def test_costs_nothing_until_it_is_drawn(self) -> None:
        """Nothing that starts the house or flags a text loads the library; drawing does not load its global state."""
        code = (
            "import sys, bot.__main__; assert not any(name.startswith('matplotlib') for name in sys.modules);"
            "from bot import chart;from bot.texts import catalogue;from tests.fakes.reports import weekly;"
            "chart.draw(weekly(), catalogue()); assert 'matplotlib.pyplot' not in sys.modules; print('good')"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

        assert done.stdout == "good\n", done.stderr


class TestLook:
    """What is seen."""

    def test_no_data_is_not_nothing(self) -> None:
        """A day on which nobody looked is another picture than a day with three times 0."""
        week = [(3, 1, 2)] * 6

        assert (drawn(*week, ZERO) != drawn(*week, NOBODY)).any()

    def test_series_differ_without_colour(self) -> None:
        """In grey, filled, hatched and open have each a darkness of their own."""
        dark = []
        for place in range(len(DAYS)):
            one = [0, 0, 0]
            one[place] = 9
            picture = drawn(tuple(one), *[ZERO] * 6)  # type: ignore[arg-type]
            bars = picture[int(picture.shape[0] * 0.35) : int(picture.shape[0] * 0.75), : picture.shape[1] // 7]
            dark.append(float((255 - bars).mean()))

        assert dark[0] > 1.5 * dark[1] > 1.5 * 1.2 * dark[2]

    @pytest.mark.parametrize(("how", "ground"), [({}, 255), ({"dark": True}, 31)])
    def test_ground(self, how: dict[str, bool], ground: int) -> None:
        """Light for mail and light pages, dark for dark ones: that of a card."""
        picture = drawn(*[ZERO] * 7, **how)

        assert abs(int(picture[1, 1]) - ground) <= 1

    def test_sizes(self) -> None:
        """Twice as many points as a page shows; narrow for a phone. A phone gets no smaller letters for it."""
        assert drawn(*[ZERO] * 7).shape == (600, 1440)
        assert drawn(*[ZERO] * 7, narrow=True).shape == (620, 700)

    @pytest.mark.parametrize(
        ("top", "narrow", "degrees"),
        [(0, False, 0), (999, False, 0), (1000, False, 90), (99, True, 0), (100, True, 90)],
    )
    def test_large_numbers_stay_apart(self, top: int, narrow: bool, degrees: int) -> None:  # noqa: FBT001 - two sizes
        """Numbers as wide as a bar stand beside each other; wider ones are turned upright."""
        look = chart._phone(chart._LIGHT) if narrow else chart._LIGHT

        assert chart._turn(top, look) == degrees

    def test_nothing_at_all(self) -> None:
        """A week without any figure is drawn too."""
        assert drawn(*[ZERO] * 7).shape == drawn(*[NOBODY] * 7).shape


class TestInWords:
    """The alternative text."""

    def test_every_figure(self) -> None:
        """Day by day, and where nobody knows."""
        said = chart.alt(weekly(), WORDS)

        assert said.startswith("Verborgen, verwijderd en laten staan per dag. maandag 16 november: 8 verborgen, ")
        assert "donderdag 19 november: geen gegevens;" in said
        assert said.endswith("zondag 22 november: 0 verborgen, 0 verwijderd, 0 laten staan.")
        assert said.count(";") == 6
