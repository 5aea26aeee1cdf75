"""How fast is flagging, beside normalising alone in the same run: `python -m tests.bench.flagging`.

One core, comments of 280 characters of which one in four hits a rule. The yardstick does what every normaliser must
do for every comment: fold, try every repair, and keep the way back to the original; `judge` does that only where a
scan says it may matter, and all of the rules on top.
"""

import time
from collections.abc import Callable, Sequence

from rules.engine import Rules
from rules.normalise import fold, fold_char, trace
from rules.repair import repairs

LENGTH = 280
ROUNDS = 40
_HARMLESS = (
    (
        "Gisteren aan de Dampoort weer een half uur stilgestaan, begrijp dat jullie met te weinig zijn maar "
        "het zou toch handig zijn als er in de spits iemand staat. Mijn dochter moet daar elke dag met de "
        "fiets door en dat wordt echt gevaarlijk, zeker als het regent en de lichten stuk zijn"
    ),
    (
        "Mooie foto van de nieuwe fietsbrigade, zo zien we ze graag in de stad 😊 Hopelijk komen ze ook eens "
        "langs in de wijk want daar rijdt iedereen veel te snel en de kinderen durven er niet meer alleen "
        "naar school. Een zone dertig alleen volstaat niet, er moet ook iemand staan"
    ),
    (
        "Eén vraagje over de werken aan de Contributiebrug en de omleiding die via de Coupure loopt want op "
        "het plan staat iets anders dan op de borden ter plaatse. Wij hebben een winkel in de buurt en de "
        "leveranciers geraken er niet op tijd, dat kost ons elke week klanten"
    ),
)
_HITS = (
    "Amai wat een klootzakken zijn jullie toch",
    "Als ik u tegenkom breek ik uw benen, agentje",
    "Zijn gsm is 0471 23 45 67, bel hem maar wakker",
    "Die vreemdelingen moeten allemaal terug naar hun land",
)


def comments() -> list[str]:
    """A hundred comments of the length named, one in four with a hit in it."""
    texts = []
    for number in range(100):
        body = _HARMLESS[number % len(_HARMLESS)]
        hit = f"{_HITS[number // 4 % len(_HITS)]}. " if number % 4 == 0 else ""
        texts.append((hit + body).ljust(LENGTH, ".")[:LENGTH])
    return texts


def _microseconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Best of the rounds, per text."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in texts:
            work(text)
        best = min(best, time.perf_counter() - start)
    return best / len(texts) * 1e6


def measure() -> dict[str, float]:
    """Microseconds per comment, and `ratio` = speed of judging ÷ speed of normalising alone (1 = as fast)."""
    rules = Rules.load("gent")
    texts = comments()

    def normalise(text: str) -> object:
        folded = fold(text)
        return repairs(folded, lambda _letters, _glued: []), trace(text, fold_char)

    alone = _microseconds(normalise, texts)
    judged = _microseconds(rules.judge, texts)
    harmless = _microseconds(rules.judge, [text for number, text in enumerate(texts) if number % 4])
    longest = max(_longest_ms(rules, text) for text in _long_texts())
    return {
        "normalise_us": alone,
        "judge_us": judged,
        "judge_harmless_us": harmless,
        "judge_per_second": 1e6 / judged,
        "long_comment_ms": longest,
        "ratio": alone / judged,
    }


def _long_texts() -> list[str]:
    """Comments of 10,000 characters: full of hits, of numbers, of emoji, of disguises."""
    parts = (*_HITS, "0471 23 45 67 ", "k 4 n k 3 r ", "😀", "vеrmооrdеn ", "Kerkstraat 12 ")
    return [(part * (10_000 // len(part) + 1))[:10_000] for part in parts]


def _longest_ms(rules: Rules, text: str) -> float:
    start = time.perf_counter()
    rules.judge(text)
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{name:20} {figure:12.2f}")  # noqa: T201 - its voice is the terminal
