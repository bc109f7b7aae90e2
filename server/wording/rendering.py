"""How texts, states and dates look on a page: values in, safe HTML and the words of a language out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from markupsafe import Markup, escape

from server.domain.contract.contract import ContractState, PartyKind
from server.domain.contract.money import Cents
from server.domain.contract.sections import AnnexType, SectionKind, SectionStatus
from server.domain.refusals import N_
from server.domain.texts import text
from server.wording.languages import MINUS, Language

Node = dict[str, Any]

# What changes the direction of the words around it (Unicode UAX 9, 2), and letters that nobody sees (tags).
_TURNING = re.compile("[\u061c\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
CONFORMITY = {  # of an installation with the RGAA, as its home page must say it
    "none": N_("non conforme"),
    "partial": N_("partiellement conforme"),
    "full": N_("totalement conforme"),
}
STATES = {
    ContractState.DRAFT: N_("Brouillon"),
    ContractState.SCOPING: N_("Démarrage"),
    ContractState.DIAGNOSIS: N_("Diagnostic"),
    ContractState.DRAFTING: N_("Propositions contractuelles"),
    ContractState.NEGOTIATION: N_("Négociation"),
    ContractState.CONSULTATION: N_("Consultations"),
    ContractState.READY_TO_SIGN: N_("Prêt à signer"),
    ContractState.SIGNED: N_("Signé"),
    ContractState.IN_FORCE: N_("En vigueur"),
    ContractState.EXTENDED: N_("Prorogé"),
    ContractState.ENDED: N_("Échu"),
    ContractState.SUSPENDED: N_("Suspendu"),
    ContractState.TERMINATED: N_("Résilié"),
}
STATUSES = {  # words, the look of the badge, its sign: never colour alone
    SectionStatus.AGREED: (N_("Approuvé"), "ok", "i-oui"),
    SectionStatus.UNDER_DISCUSSION: (N_("En discussion"), "cours", "i-reserve"),
    SectionStatus.DRAFT: (N_("Brouillon"), "neutre", "i-crayon"),
    SectionStatus.NOT_APPLICABLE: (N_("Sans objet"), "neutre", "i-non"),
}
ROLES = {
    "lead_negotiator": N_("référent"),
    "contributor": N_("contributeur"),
    "signatory": N_("signataire"),
    "reader": N_("lecteur"),
    "facilitator": N_("animateur"),
    "administrator": N_("administrateur"),
}
PARTY_KINDS = {
    PartyKind.OPERATOR: N_("Gestionnaire"),
    PartyKind.AUTHORITY: N_("Autorité"),
    PartyKind.CONSULTED: N_("Partenaire consulté"),
}
KINDS = {
    SectionKind.CLAUSE: N_("Un article"),
    SectionKind.PART: N_("Un titre qui regroupe des articles"),
    SectionKind.ANNEX: N_("Une annexe"),
    SectionKind.ANNEX_GROUP: N_("Un groupe d’annexes"),
    SectionKind.GENERAL: N_("Un contrat général"),
    SectionKind.LOCAL_CONTRACT: N_("Un contrat local"),
    SectionKind.PROJECT_SHEETS: N_("Des fiches-projets"),
}
ANNEX_TYPES = {
    AnnexType.TEXT: N_("Texte"),
    AnnexType.ESTABLISHMENTS_TABLE: N_("Liste des établissements et services"),
    AnnexType.OBJECTIVES: N_("Fiches objectifs et indicateurs"),
    AnnexType.MEANS_TABLE: N_("Tableau objectifs-moyens"),
    AnnexType.PGFP: N_("Plan d’investissement et plan global de financement (PPI, PGFP)"),
    AnnexType.ANNUAL_REVIEW: N_("Revue annuelle des objectifs"),
    AnnexType.FILE: N_("Pièce jointe"),
}
TARIFF_SECTIONS = {"soins": N_("Soins"), "dependance": N_("Dépendance"), "hebergement": N_("Hébergement")}


def day(value: date, language: Language) -> str:
    """A date in full: 1er janvier 2027, 1 January 2027."""
    number, _, rest = format_date(value, "d MMMM y", locale=language.locale).partition(" ")
    return f"{'1er' if value.day == 1 and language.code == 'fr' else number}\u00a0{rest}"


def clock(value: datetime, language: Language) -> str:
    """The hour of a moment: 14 h 05 with no-break spaces, 14:05 in English."""
    return f"{value.hour}\u00a0h\u00a0{value.minute:02}" if language.code == "fr" else f"{value:%H:%M}"


def money(amount: Cents, language: Language) -> str:
    """An amount, without decimals when it is whole: 12 345 € in French, €12,345 in English."""
    pattern: str = Locale.parse(language.locale).currency_formats["standard"].pattern
    shown = pattern.replace(".00", "") if amount % 100 == 0 else pattern
    said = format_currency(Decimal(amount) / 100, "EUR", shown, locale=language.locale, currency_digits=False)
    return said.replace("-", MINUS)


def named(label: str, language: Language) -> str:
    """A section's label after a preposition: "l’article 4.3", "« Préambule »"; "article 4.3", "“Préambule”"."""
    first = label.split(" ")[0].lower()
    if language.code != "fr":
        said = label.replace("Article ", "article ", 1) if first == "article" else label
        return said if any(sign.isdigit() for sign in label) else f"“{label}”"
    if first in ("article", "annexe"):
        return f"l’{label[0].lower()}{label[1:]}"
    return f"le {label[0].lower()}{label[1:]}" if first == "titre" else f"«\u00a0{label}\u00a0»"


@dataclass(frozen=True, slots=True)
class Read:
    """A text as pages show it, and whether it has any words."""

    html: Markup
    is_empty: bool


def read(content: Node) -> Read:
    """What the pages want to know of a text; made once for each state of it."""
    return Read(html(content), not text.to_body(content))


def html(content: Node) -> Markup:
    """The text of a section as HTML: only known nodes, every word escaped; what is not known is left out."""
    return Markup(html_within(content))  # noqa: S704 (each piece below escapes its words)


def html_within(node: Node) -> str:
    """The content of a node as HTML."""
    return "".join(map(html_of, node.get("content", ())))


def at_depth(text_html: Markup, depth: int) -> Markup:
    """The HTML of a section that stands at a depth of the plan: its headings come under the section's own.

    Their tags stay h3 to h5, as the editor has them; `aria-level` says where they stand (WAI-ARIA 1.2, heading).
    """
    if depth == 0:
        return text_html
    said = str(text_html)
    for tag in (3, 4, 5):  # words are escaped: only our own tags begin so
        said = said.replace(f"<h{tag}", f'<h{tag} aria-level="{min(tag + depth, 9)}"')
    return Markup(said)  # noqa: S704 (it was safe, and a number was added)


def html_of(node: Node) -> str:
    """A node as HTML, with all that is in it."""
    kind = node.get("type", "")
    if kind == "text":
        return _marked(_seen(_safe(node["text"])), node.get("marks", []))
    return dressed(node, html_within(node))


def dressed(node: Node, inside: str) -> str:
    """The element of a node around HTML; nothing for a node that is not known."""
    make = _MAKERS.get(node.get("type", ""))
    return make(node, inside) if make else ""


def _safe(words: object) -> str:
    """Words that may stand in HTML, also between quotes; a plain string, joined ten times as fast as Markup."""
    return str(escape(words))


def _seen(words: str) -> str:
    """Words with the characters that turn others round shown by their number: « 120 » must not be « 021 » turned."""
    return _TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", words)


def _tag(tag: str) -> Callable[[Node, str], str]:
    return lambda node, inside: f"<{tag}{_attributes(node)}>{inside}</{tag}>"


_HEADINGS = {level: _tag(f"h{level + 2}") for level in (1, 2, 3)}


def _heading(node: Node, inside: str) -> str:
    level = node.get("attrs", {}).get("level")
    return _HEADINGS[level if level in (1, 2, 3) else 1](node, inside)


def _table(node: Node, inside: str) -> str:
    return f"<table{_attributes(node)}><tbody>{inside}</tbody></table>"


_MAKERS: dict[str, Callable[[Node, str], str]] = {
    "paragraph": _tag("p"),
    "heading": _heading,
    "bullet_list": _tag("ul"),
    "ordered_list": _tag("ol"),
    "list_item": _tag("li"),
    "table": _table,
    "table_row": _tag("tr"),
    "table_cell": _tag("td"),
    "table_header": _tag("th"),
    "hard_break": lambda _node, _inside: "<br>",
}
_SHOWN = {"id": "data-block", "order": "start", "colspan": "colspan", "rowspan": "rowspan"}


def _attributes(node: Node) -> str:
    attrs = node.get("attrs", {})
    shown = ((shown, attrs[name]) for name, shown in _SHOWN.items() if name in attrs and attrs[name] != 1)
    return "".join(f' {name}="{_safe(value)}"' for name, value in shown if isinstance(value, str | int))


def _marked(words: str, marks: list[Node]) -> str:
    known = [mark for mark in marks if mark["type"] in text.MARKS]
    for mark in sorted(known, key=lambda one: text.MARKS.index(one["type"]), reverse=True):  # innermost first
        href = mark.get("attrs", {}).get("href")
        if mark["type"] == "link" and text.is_safe_link(href):
            words = f'<a href="{_safe(href)}" target="_blank" rel="noopener noreferrer">{words}</a>'
        elif mark["type"] in ("strong", "em"):
            words = f"<{mark['type']}>{words}</{mark['type']}>"
    return words
