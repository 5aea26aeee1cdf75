"""Names of the keys of data, as people read them. Every table is complete: a test compares it with the domain."""

from bot.texts import N_
from domain.categories import Urgency
from domain.model import Ability
from domain.roles import Role
from domain.states import Marker, State, Visibility

CATEGORIES = {
    "aanzetten_haat": N_("Incitement to hatred, violence or discrimination"),
    "bedreiging": N_("Threat"),
    "noodoproep": N_("Urgent call for help"),
    "smaad_laster": N_("Slander, defamation"),
    "belaging": N_("Repeated harassment"),
    "negationisme": N_("Denial of genocide"),
    "racisme_discriminatie": N_("Racist or discriminating language"),
    "persoonsgegevens": N_("Personal data / doxing"),
    "beeld_zonder_toestemming": N_("Image without consent"),
    "belediging_scheldproza": N_("Insult / abusive language"),
    "grof_onfatsoen": N_("Coarse or indecent"),
    "trollen": N_("Trolling"),
    "reclame_spam": N_("Advertising, survey, spam, phishing"),
    "misleidend": N_("Misleading information"),
    "politiek": N_("Party politics"),
    "onbedoeld": N_("Unwanted without intent"),
    "loze_bewering": N_("Unsupported claim"),
    "kritiek_mening": N_("Opinion or criticism"),
    "ruzie": N_("Quarrel between users"),
    "vraag": N_("Question"),
    "melding": N_("Report to the police"),
    "klacht": N_("Complaint about the police"),
    "medeleven": N_("Sympathy"),
    "positief": N_("Positive"),
}

URGENCIES = {
    Urgency.GEEN: N_("None"),
    Urgency.LAAG: N_("Low"),
    Urgency.NORMAAL: N_("Normal"),
    Urgency.HOOG: N_("High"),
    Urgency.KRITIEK: N_("Critical"),
}

STATES = {
    State.NIEUW: N_("New"),
    State.IN_BEHANDELING: N_("In progress"),
    State.UITGESTELD: N_("Postponed"),
    State.WACHT_4OGEN: N_("Waits for a second person"),
    State.GEPLAND: N_("Deletion planned"),
    State.MISLUKT: N_("Failed"),
    State.AFGEHANDELD: N_("Handled"),
    State.HEROPEND: N_("Reopened"),
}

VISIBILITIES = {
    Visibility.ZICHTBAAR: N_("visible"),
    Visibility.VERBORGEN: N_("hidden"),
    Visibility.VERWIJDERD: N_("deleted"),
    Visibility.DOOR_AUTEUR_VERWIJDERD: N_("deleted by its author"),
    Visibility.ONBEKEND: N_("unknown"),
}

MARKERS = {
    Marker.AUTEUR_VERWIJDERD: N_("Deleted by its author"),
    Marker.ELDERS_VERBORGEN: N_("Hidden elsewhere, not by Nabij"),
    Marker.AANGEPAST: N_("Edited – judge again"),
    Marker.NACONTROLE: N_("To be checked afterwards"),
    Marker.BEWAARPLICHT: N_("Legal hold: do not erase"),
    Marker.BEVAT_BEELD: N_("Contains photo or video"),
    Marker.MANUEEL: N_("Done by hand"),
}

ROLES = {
    Role.MODERATOR: N_("moderator"),
    Role.COORDINATOR: N_("coordinator"),
    Role.COMMANDANT: N_("commander"),
    Role.JURIST: N_("legal officer"),
    Role.LEZER: N_("reader"),
    Role.DPO: N_("data protection officer"),
    Role.BEHEERDER: N_("administrator"),
    Role.MELDER: N_("reporter"),
}

ADVICE = {
    "alarm": N_("raise the alarm"),
    "laten_staan": N_("leave it"),
    "documenteren": N_("document"),
    "verbergen": N_("hide"),
    "commandant": N_("notify the commander"),
    "verwijderen": N_("delete"),
    "waarschuwen": N_("warn"),
    "antwoorden": N_("answer"),
    "doorsturen": N_("forward"),
    "bedanken": N_("thank"),
}

COMMANDS = {
    "neem_ik": N_("I take it"),
    "laat_los": N_("Let go"),
    "verbergen": N_("Hide"),
    "laten_staan": N_("Leave"),
    "fout_gemarkeerd": N_("Wrongly flagged"),
    "verwijderen": N_("Delete"),
    "annuleren": N_("Cancel"),
    "terug_zichtbaar": N_("Make visible again"),
    "heropenen": N_("Reopen"),
    "opnieuw": N_("Try again"),
    "manueel_gedaan": N_("Done by hand"),
    "toon_tekst": N_("Show text"),
}
"""The command as such, for sentences about it. Labels of buttons stand in `bot.buttons`."""

PAST = {
    "neem_ik": N_("Taken"),
    "laat_los": N_("Released"),
    "verbergen": N_("Hidden"),
    "laten_staan": N_("Left standing"),
    "fout_gemarkeerd": N_("Left standing, rule was wrong"),
    "verwijderen": N_("Deleted"),
    "annuleren": N_("Deletion cancelled"),
    "terug_zichtbaar": N_("Made visible again"),
    "heropenen": N_("Reopened"),
    "opnieuw": N_("Tried again"),
    "manueel_gedaan": N_("Done by hand"),
    "toon_tekst": N_("Text viewed"),
}
"""The command as a fact: past participle, for handled cards and the register."""

ABILITIES = {
    Ability.HIDE: N_("hide"),
    Ability.UNHIDE: N_("make visible again"),
    Ability.DELETE: N_("delete"),
    Ability.REPLY_PUBLIC: N_("answer in public"),
    Ability.REPLY_PRIVATE: N_("answer in private"),
    Ability.BLOCK: N_("block"),
    Ability.UNBLOCK: N_("unblock"),
    Ability.CLOSE_COMMENTS: N_("close comments"),
    Ability.REOPEN_COMMENTS: N_("reopen comments"),
    Ability.LIKE: N_("like"),
    Ability.DETECT_EDIT: N_("notice edits"),
    Ability.REPORT: N_("report to the platform"),
}
