"""Names of the keys of data, as people read them. Every table is complete: a test compares it with the domain."""

from bot.texts import N_
from domain.categories import Urgency
from domain.digests import DigestKind
from domain.dossier import DossierState, Punishable
from domain.events import EventState
from domain.incidents import IncidentKind, IncidentState
from domain.messages import MessageState, Template
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
    "waarschuwen": N_("Warn"),
    "verzenden_annuleren": N_("Cancel sending"),
    "goedkeuren": N_("Approve"),
    "weigeren": N_("Decline"),
    "wel_verstuurd": N_("It was sent"),
    "niet_verstuurd": N_("It was not sent"),
    "waarschuwing_intrekken": N_("Withdraw the warning"),
    "documenteren": N_("Document (PV)"),
    "nakijken": N_("Review the dossier"),
    "overmaken": N_("Hand over the dossier"),
    "dossier_intrekken": N_("Withdraw the dossier"),
    "kennis_genomen": N_("Acknowledge"),
    "demp": N_("Mute"),
    "vals_alarm": N_("False alarm"),
    "incident_sluiten": N_("Close the incident"),
    "event_plannen": N_("Plan an event"),
    "event_bevestigen": N_("Confirm the event"),
    "event_afgelasten": N_("Call off the event"),
    "wacht_toevoegen": N_("Put on call"),
    "wacht_wissen": N_("Take off call"),
    "melding": N_("Report a comment"),
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
    "waarschuwen": N_("Warned"),
    "verzenden_annuleren": N_("Sending cancelled"),
    "goedkeuren": N_("Approved"),
    "weigeren": N_("Declined"),
    "wel_verstuurd": N_("Found to be sent"),
    "niet_verstuurd": N_("Found not to be sent"),
    "waarschuwing_intrekken": N_("Warning withdrawn"),
    "documenteren": N_("Documented"),
    "nakijken": N_("Dossier reviewed"),
    "overmaken": N_("Dossier handed over"),
    "dossier_intrekken": N_("Dossier withdrawn"),
    "kennis_genomen": N_("Acknowledged"),
    "demp": N_("Muted"),
    "vals_alarm": N_("Ended as a false alarm"),
    "incident_sluiten": N_("Incident closed"),
    "event_plannen": N_("Event planned"),
    "event_bevestigen": N_("Event confirmed"),
    "event_afgelasten": N_("Event called off"),
    "wacht_toevoegen": N_("Put on call"),
    "wacht_wissen": N_("Taken off call"),
    "melding": N_("Reported by a colleague"),
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

MESSAGES = {
    MessageState.WACHT_4OGEN: N_("waits for a second person"),
    MessageState.GEPLAND: N_("planned"),
    MessageState.BEZIG: N_("being sent"),
    MessageState.AFGELEVERD: N_("delivered"),
    MessageState.NIET_AFLEVERBAAR: N_("cannot be delivered"),
    MessageState.MISLUKT: N_("not sent"),
    MessageState.ONBEKEND: N_("unknown whether it arrived"),
    MessageState.MANUEEL: N_("sent by hand"),
    MessageState.GEANNULEERD: N_("cancelled"),
}

TEMPLATES = {
    Template.WAARSCHUWING_1: N_("Warning"),
    Template.WAARSCHUWING_2: N_("Warning"),
    Template.HINT: N_("Hint (does not count)"),
    Template.VERWIJDERD_PRIVACY: N_("Explanation of the deletion"),
}
"""What kind of message it is, on a card. The names of the texts themselves are data of the profile."""

DOSSIER_STATES = {
    DossierState.CONCEPT: N_("concept"),
    DossierState.NAGEKEKEN: N_("reviewed"),
    DossierState.OVERGEMAAKT: N_("handed over"),
    DossierState.INGETROKKEN: N_("withdrawn"),
}

PUNISHABLE = {
    Punishable.NEE: N_("no"),
    Punishable.TE_BEOORDELEN: N_("to be judged by police and justice"),
    Punishable.JA: N_("yes"),
}

ELEMENTS = {
    "openbaar": N_("In public"),
    "opzet": N_("Sign of intent"),
    "beschermd_criterium": N_("Protected criterion"),
    "doelwit": N_("Aimed at a person or a group"),
    "racisme_xenofobie": N_("Ground: racism or xenophobia"),
    "benadeelde": N_("Somebody is harmed"),
}

COMPLAINTS = {"ja": N_("yes"), "nee": N_("no"), "te_vragen": N_("to be asked")}

TARGETS = {"persoon": N_("a person"), "groep": N_("a group")}

INCIDENT_STATES = {
    IncidentState.OPEN: N_("Open"),
    IncidentState.GEZIEN: N_("Acknowledged"),
    IncidentState.GEDEMPT: N_("Muted"),
    IncidentState.VALS: N_("False alarm"),
    IncidentState.GESLOTEN: N_("Closed"),
}

INCIDENT_KINDS = {
    IncidentKind.REACTIES: N_("Comments"),
    IncidentKind.BLIND: N_("Nabij cannot see"),
}

CALL_STATES = {
    "wacht": N_("waiting"),
    "verzonden": N_("sent"),
    "mislukt": N_("failed to send"),
    "onbereikbaar": N_("no address"),
}

EVENT_STATES = {
    EventState.VOORGESTELD: N_("Proposed"),
    EventState.BEVESTIGD: N_("Confirmed"),
    EventState.AFGELAST: N_("Called off"),
}

EVENT_KINDS = {
    "feesten": N_("Gentse Feesten"),
    "lichtfestival": N_("Light festival"),
    "betoging": N_("Demonstration"),
    "wedstrijd": N_("Match"),
    "incident": N_("Incident"),
    "verwachte_golf": N_("Expected wave of comments"),
    "andere": N_("Other"),
}

ROSTERS = {
    "wacht_moderatie": N_("Moderation on call"),
    "wacht_commando": N_("Command on call"),
}

DIGESTS = {
    DigestKind.DAGSTART: N_("Start of the day"),
    DigestKind.WEEKOVERZICHT: N_("Week report"),
}

TOTALS = {
    "gelezen": N_("Comments read"),
    "gemarkeerd": N_("Flagged as a breach"),
    "verborgen": N_("Hidden"),
    "verwijderd": N_("Deleted"),
    "laten_staan": N_("Left standing"),
    "gewaarschuwd": N_("Warned"),
    "dossiers": N_("PV dossiers"),
    "alarmen": N_("Alarms"),
}
"""Figures of a report."""
