"""The dialog of *Documenteren (PV)…*: the two axes apart, ticks without qualification (`domain.dossier`)."""

from collections.abc import Iterator, Mapping

from bot.fields import Choice, Field, Form, Heading, Options, TextField, Ticks, Typed, ticked
from bot.scene import Scene
from bot.texts import N_
from bot.texts.labels import CATEGORIES, COMPLAINTS, ELEMENTS, PUNISHABLE, TARGETS
from commands.dossier_form import FIELD_MAX, NOTE_MAX
from domain import categories
from domain import dossier as domain
from domain.dossier import DossierState, DossierView, Punishable
from domain.model import CaseView
from domain.roles import Role
from domain.states import State


def document(view: CaseView, scene: Scene, typed: Typed | None) -> Form:
    """A new dossier, another version of the form of one in concept, or an addition to a sealed one."""
    found, words = view.dossier, scene.words
    concept = found if found and found.state is DossierState.CONCEPT else None
    filled = _filled(view, found) if typed is None else _typed(typed)
    return Form(
        case_id=view.id,
        act="documenteren",
        seen=view.text_version,
        title=_title(scene, found, concept),
        about=f"{view.platform_label} · {view.number}",
        fields=tuple(_fields(scene, filled, found)),
        explain=tuple(_explain(view, scene, concept)),
        submit=words("Keep in the dossier") if concept else words("Make the dossier"),
        hidden=(("seen_form", str(concept.version if concept else 0)),),
    )


def _title(scene: Scene, found: DossierView | None, concept: DossierView | None) -> str:
    if concept:
        return scene.words("Add to dossier {number}", number=concept.number)
    if found:
        return scene.words("Addition to dossier {number}", number=found.number)
    return scene.words("Document (PV)")


def _filled(view: CaseView, found: DossierView | None) -> domain.Form:
    if found:
        return found.form
    return domain.Form(view.category if categories.CATEGORIES[view.category].breach else "")


def _typed(typed: Typed) -> domain.Form:
    names = ("category", "punishable", "criterion", "target", "injured", "complaint", "note")
    return domain.Form(elements=ticked(typed, "elements"), **{name: typed.get(name, "") for name in names})


def _fields(scene: Scene, filled: domain.Form, found: DossierView | None) -> Iterator[Field]:
    words = scene.words
    yield Heading(words("House rule"), words("What the team acts on."))
    breaches = {key: CATEGORIES[key] for key, row in categories.CATEGORIES.items() if row.breach and row.on}
    yield Choice("category", words("House rule that was broken"), _options(breaches, scene), filled.category)

    yield Heading(words("Possibly punishable"), words(_QUALIFIES_NOT))
    yield Choice("punishable", words("Judgement"), _punishable(scene, found), filled.punishable)
    yield Ticks("elements", words("What is seen in it"), _options(ELEMENTS, scene), filled.elements)
    yield _line("criterion", words("Which protected criterion"), filled.criterion)
    yield Choice("target", words("Aimed at"), _options(TARGETS, scene), filled.target, optional=True)
    yield _line("injured", words("Who is harmed"), filled.injured)
    yield Choice("complaint", words("Complaint"), _options(COMPLAINTS, scene), filled.complaint, optional=True)

    yield Heading(words("Note"))
    help_ = words("It stands in the dossier, not in the register.")
    yield TextField("note", words("What whoever writes the PV should know"), help_, NOTE_MAX, filled.note, lines=4)


_QUALIFIES_NOT = N_("Nabij does not qualify: that is for whoever writes the PV.")


def _line(name: str, label: str, text: str) -> TextField:
    return TextField(name, label, "", FIELD_MAX, text, lines=1)


def _punishable(scene: Scene, found: DossierView | None) -> Options:
    """*Ja* is set and taken back by a jurist; the others see what was said, and leave it."""
    judged = found is not None and found.form.punishable == Punishable.JA
    free = scene.viewer.role == Role.JURIST
    kept = {str(key): label for key, label in PUNISHABLE.items() if free or (key is Punishable.JA) == judged}
    return _options(kept, scene)


def _options(labels: Mapping[str, str], scene: Scene) -> Options:
    return tuple((str(key), scene.words(label)) for key, label in labels.items())


def _explain(view: CaseView, scene: Scene, concept: DossierView | None) -> Iterator[str]:
    words = scene.words
    if concept:
        yield words("Version {n} of the form stays kept; this becomes the next one.", n=concept.version)
    else:
        yield words("The evidence is kept once more, then the dossier gets its number, for good.")
    yield words("A second person, who filled in nothing, reviews it; then nobody can change it any more.")
    yield words("As long as it is a concept the comment is not deleted.")
    if view.state is State.GEPLAND:
        yield words("The deletion that is planned stops.")
