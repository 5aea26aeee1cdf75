"""Invented cases for drawing tests: every person, page and text in here is made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.categories import CATEGORIES, Certainty, Urgency
from domain.model import (
    Ability,
    Capability,
    CaseView,
    Doing,
    Done,
    EvidenceView,
    Flag,
    Person,
    Planned,
    Trouble,
    Way,
)
from domain.states import Marker, State, Visibility

NOW = datetime(2026, 7, 20, 19, 10, tzinfo=UTC)
"""Monday 20 July 2026, 21:10 in Ghent."""

NOOR = Person("noor", "Noor V.", "moderator")
JEF = Person("jef", "Jef T.", "moderator")
MIA = Person("mia", "Mia C.", "coordinator")
LENA = Person("lena", "Lena R.", "lezer")
BERT = Person("bert", "Bert B.", "beheerder")
ELS = Person("els", "Els D.", "commandant")
RIK = Person("rik", "Rik J.", "jurist")
TOM = Person("tom", "Tom H.", "melder")
PEOPLE = (NOOR, JEF, MIA, LENA, BERT, ELS, RIK, TOM)
NAMES = {person.key: person.name for person in PEOPLE}

ALL_BY_API = {ability: Capability(Way.API) for ability in Ability}


def minutes(number: float) -> timedelta:
    """A duration."""
    return timedelta(minutes=number)


FOUR_AGO = NOW - minutes(4)


def flag(category: str, *spans: tuple[int, int], rule: str = "", sure: bool = True) -> Flag:
    """A live flag of this category."""
    return Flag(
        rule=rule or f"{category[:5]}.voorbeeld",
        category=category,
        urgency=CATEGORIES[category].urgency,
        certainty=Certainty.HOOG if sure else Certainty.TE_BEOORDELEN,
        state="live",
        spans=spans,
    )


def case(
    number: int = 104, category: str = "belediging_scheldproza", text: str = "Gewone reactie.", **over: Any
) -> CaseView:
    """A new case seen eleven minutes ago, everything possible; `over` replaces what a test is about."""
    urgency = over.pop("urgency", CATEGORIES[category].urgency)
    target = {Urgency.KRITIEK: 15, Urgency.HOOG: 60, Urgency.NORMAAL: 240}.get(urgency, 960)
    seen = NOW - minutes(6)
    view = CaseView(
        id=number,
        number=f"NB-2026-{number:06d}",
        revision=1,
        state=State.NIEUW,
        urgency=urgency,
        category=category,
        certainty=Certainty.HOOG,
        platform="facebook",
        platform_label="Facebook",
        account="1001",
        account_name="Oefenpagina",
        comment_id=f"1001_{number}",
        permalink=f"https://facebook.example/1001/{number}",
        post_title="Autovrije zone tijdens de Feesten",
        post_url="https://facebook.example/1001/1",
        author_name="Lies Dumolin",
        earlier_cases=1,
        text=text,
        text_version=1,
        personal=(),
        flags=(flag(category),),
        media=(),
        visibility=Visibility.ZICHTBAAR,
        markers=frozenset(),
        posted_at=seen - minutes(1),
        seen_at=seen,
        decided_at=None,
        due_near=seen + minutes(target * 0.8),
        due_at=seen + minutes(target),
        due_target_seconds=target * 60,
        capabilities=ALL_BY_API,
        evidence=EvidenceView(seen, "7c1e" + "0" * 60, complete=True),
    )
    return replace(view, **over)


def handled(view: CaseView, command: str = "verbergen", by: str = "noor", at: datetime = FOUR_AGO) -> CaseView:
    """The case after a decision."""
    shown = {"verbergen": Visibility.VERBORGEN, "verwijderen": Visibility.VERWIJDERD}.get(command, Visibility.ZICHTBAAR)
    done = Done(command, by, at, 130.0)
    return replace(
        view, state=State.AFGEHANDELD, visibility=shown, done=done, decided_at=at, revision=view.revision + 1
    )


def planned(view: CaseView, by: str = "noor", seconds: int = 60, left: int = 42) -> CaseView:
    """The case with a deletion in its grace."""
    due = NOW + timedelta(seconds=left)
    grace = Planned(by, due - timedelta(seconds=seconds), due, seconds)
    return replace(
        view, state=State.GEPLAND, visibility=Visibility.VERBORGEN, planned=grace, revision=view.revision + 1
    )


def failed(view: CaseView, command: str = "verbergen", by: str = "jef") -> CaseView:
    """The case after a refusal of the platform."""
    trouble = Trouble(
        command,
        by,
        NOW - minutes(8),
        "Facebook cannot be reached now ({code}).",
        {"code": "4"},
        "4",
        NOW + minutes(2),
    )
    return replace(view, state=State.MISLUKT, trouble=trouble, posted_at=NOW - minutes(64))


def busy(view: CaseView, command: str = "verbergen", by: str = "jef") -> CaseView:
    """The case while an order is being carried out."""
    return replace(view, doing=Doing(command, by, NOW - minutes(1)))


THREAT = "Ik weet waar jullie wonen, nog één controle en er gebeuren ongelukken."
INSULT = "Weer alles afgesloten, merci hé <3 Niemand die nog thuis raakt. Bende prutsers, ga eens boeven vangen."
RUDE = (INSULT.index("Bende"), INSULT.index(", ga"))
HOSTILE = "<script>alert(1)</script> <!channel> \u202egnik\u202c <b>vet</b> & 'aanhaling'"


def several() -> list[CaseView]:
    """A shift in the evening: one case of every kind a moderator meets."""
    phone = "Bel de buurman zelf: 0470 12 34 56, hij weet er alles van."
    start = phone.index("0470")
    return [
        case(
            123,
            "bedreiging",
            THREAT,
            flags=(flag("bedreiging", (3, 24), rule="dreig.voorwaardelijk"),),
            author_name="Jan Peeters",
            earlier_cases=4,
            post_title="Controle fuifbus Overpoort",
        ),
        failed(case(112, "racisme_discriminatie", "Een verzonnen zin.", post_title="Zo verloopt de eerste nacht")),
        case(
            125,
            "persoonsgegevens",
            phone,
            personal=((start, start + 13),),
            urgency=Urgency.HOOG,
            flags=(flag("persoonsgegevens", (start, start + 13), rule="pers.telefoon"),),
            evidence=None,
        ),
        case(
            104,
            "belediging_scheldproza",
            INSULT,
            flags=(flag("belediging_scheldproza", RUDE, rule="beled.groep"),),
            state=State.IN_BEHANDELING,
            claimed_by="noor",
            claimed_at=NOW - minutes(1),
        ),
        busy(case(126, "grof_onfatsoen", "Wat een kl**** dag weer.", flags=(flag("grof_onfatsoen", (8, 14)),))),
        case(127, "klacht", "Ik wacht al drie weken op antwoord. Wat een dienst.", flags=(flag("klacht", sure=False),)),
        case(
            128,
            "belediging_scheldproza",
            HOSTILE,
            author_name="<i>Piet</i> \u202eX",
            markers=frozenset({Marker.AANGEPAST}),
            flags=(flag("belediging_scheldproza", (0, 25)),),
            due_near=NOW - minutes(20),
            due_at=NOW - minutes(3),
        ),
        case(
            130,
            "reclame_spam",
            "Win nu een gratis e-step, klik op https://win-nu.example/abc?x=1",
            author_name="Promo",
            flags=(flag("reclame_spam", (34, 63)),),
        ),
        case(131, "trollen", "Geloven jullie dat nu echt zelf?"),
        case(132, "misleidend", "Vanaf morgen mag niemand nog in het centrum."),
        planned(case(121, "reclame_spam", "Koop nu volgers.")),
        handled(case(122, "belediging_scheldproza", INSULT)),
        handled(case(117, "kritiek_mening", "Dit beleid werkt niet."), "laten_staan", "jef", NOW - minutes(29)),
        handled(
            case(116, "beeld_zonder_toestemming", "Foto van een collega."), "verwijderen", "mia", NOW - minutes(50)
        ),
        handled(case(115, "trollen", "Weg.", markers=frozenset({Marker.AUTEUR_VERWIJDERD})), "laten_staan", "nabij"),
    ]
