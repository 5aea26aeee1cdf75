"""Invented cases for drawing tests: every person, page and text in here is made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.categories import CATEGORIES, Certainty, Urgency
from domain.dossier import DossierState, DossierView, Form
from domain.messages import Ledger, MessageState, MessageView
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


def message(
    state: MessageState = MessageState.AFGELEVERD, number: int = 2, by: str = "noor", **over: Any
) -> MessageView:
    """A message asked for at 21:06; waiting, it goes out in twenty-four seconds."""
    waiting = state is MessageState.GEPLAND
    made = MessageView(
        id=1,
        template="waarschuwing_2" if number else "hint",
        state=state,
        number=number,
        by=by,
        at=FOUR_AGO,
        due_at=NOW + timedelta(seconds=24) if waiting else None,
        settled_at=FOUR_AGO + timedelta(seconds=31) if state is MessageState.AFGELEVERD else None,
        text=WARNING.format(n=number or 1),
    )
    return replace(made, **over)


def warned(view: CaseView, state: MessageState = MessageState.AFGELEVERD, **over: Any) -> CaseView:
    """The case after *Waarschuwen…*: hidden as well, two strikes with this one when it was delivered."""
    sent = state is MessageState.AFGELEVERD
    ledger = Ledger(live=2 if sent else 1, here=1 if sent else None)
    done = replace(handled(view, "waarschuwen"), visibility=Visibility.VERBORGEN)
    return replace(done, message=message(state), ledger=ledger, **over)


def asks_second(view: CaseView, by: str = "noor") -> CaseView:
    """The case while a third warning waits for somebody else."""
    return replace(
        view, state=State.WACHT_4OGEN, message=message(MessageState.WACHT_4OGEN, 3, by), ledger=Ledger(live=2)
    )


def stuck(view: CaseView, state: MessageState = MessageState.ONBEKEND, **over: Any) -> CaseView:
    """The case after a message of which nobody knows whether it arrived, or that never will."""
    msgid = "Facebook did not answer, so it is not known whether it was done ({code})."
    trouble = Trouble("waarschuwen", "noor", FOUR_AGO, msgid, {"code": "504"})
    shown = {"visibility": Visibility.VERBORGEN, "message": message(state), "ledger": Ledger(live=1)}
    return replace(view, state=State.MISLUKT, trouble=trouble, **{**shown, **over})


def documented(view: CaseView, state: DossierState = DossierState.CONCEPT, **over: Any) -> CaseView:
    """The case with a dossier."""
    dossier = DossierView(
        id=14,
        number="SMD-2026-000014",
        case_id=view.id,
        case_number=view.number,
        state=state,
        version=2,
        form=Form("bedreiging", elements=("openbaar", "doelwit"), target="persoon", note="Eerste notitie."),
        authors=("noor",),
        made_by="noor",
        made_at=FOUR_AGO,
    )
    return replace(view, dossier=replace(dossier, **over))


def busy(view: CaseView, command: str = "verbergen", by: str = "jef") -> CaseView:
    """The case while an order is being carried out."""
    return replace(view, doing=Doing(command, by, NOW - minutes(1)))


THREAT = "Ik weet waar jullie wonen, nog één controle en er gebeuren ongelukken."
WARNING = (
    "Dag, dit is al waarschuwing {n} van 3 voor “Geen beledigingen”. Lees even na: https://huisregels.example."
    " Gentse Flikken"
)
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
        asks_second(case(133, "racisme_discriminatie", "Een verzonnen derde keer."), by="mia"),
        stuck(case(134, "belediging_scheldproza", "Een verzonnen scheldwoord.")),
        replace(case(135, "grof_onfatsoen", "Wat een gedoe."), reported_by="jef", ledger=Ledger(live=1)),
        planned(case(121, "reclame_spam", "Koop nu volgers.")),
        warned(case(136, "belediging_scheldproza", INSULT), MessageState.GEPLAND),
        warned(case(137, "belediging_scheldproza", INSULT)),
        documented(handled(case(138, "bedreiging", THREAT))),
        handled(case(122, "belediging_scheldproza", INSULT)),
        handled(case(117, "kritiek_mening", "Dit beleid werkt niet."), "laten_staan", "jef", NOW - minutes(29)),
        handled(
            case(116, "beeld_zonder_toestemming", "Foto van een collega."), "verwijderen", "mia", NOW - minutes(50)
        ),
        handled(case(115, "trollen", "Weg.", markers=frozenset({Marker.AUTEUR_VERWIJDERD})), "laten_staan", "nabij"),
    ]
