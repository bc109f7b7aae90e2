"""The life of a contract: its steps, the moves between them, and what is missing to leave each (domain brief 3.1, 3.5).

What the software cannot know yet (what a steering committee decided, an opinion, a signature) is never guessed: it is
asked of whoever makes the move, said so, and kept in the record.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.contract.contract import ContractState, Party, PartyKind
from server.domain.contract.facts import wrong_length
from server.domain.contract.sections import Section, SectionStatus
from server.domain.identifiers import Doubt
from server.domain.refusals import N_, CannotMove, SheetRefused
from server.domain.sheets import version_of

S = ContractState
STEPS = (S.DRAFT, S.SCOPING, S.DIAGNOSIS, S.DRAFTING, S.NEGOTIATION, S.CONSULTATION, S.READY_TO_SIGN)
_NEXT = {
    **dict(zip(STEPS, [*STEPS[1:], S.SIGNED], strict=True)),
    S.SIGNED: S.IN_FORCE,
    S.IN_FORCE: S.ENDED,
    S.EXTENDED: S.ENDED,
}
_BINDING = (S.SIGNED, S.IN_FORCE, S.EXTENDED)


class Move(StrEnum):
    """How a contract changes its step; values are kept in the record."""

    ON = "on"
    BACK = "back"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that lacks to leave a step; `is_blocking` or to be confirmed, `section` when an article lacks it."""

    says: Doubt
    is_blocking: bool
    section: Section | None = None

    @property
    def key(self) -> str:
        """What a form answers to say that it is so."""
        return version_of({"says": str(self.says)})


@dataclass(frozen=True)
class Standing:
    """What the rules of a contract's life look at; `empty` are the ids of the sections without any text."""

    family: str
    state: ContractState
    start: date
    end: date
    today: date
    parties: Sequence[Party]
    led: frozenset[int]
    establishments: int
    sections: Sequence[Section]
    empty: frozenset[str]
    suspended_from: ContractState | None = None


def moves(state: ContractState, suspended_from: ContractState | None = None) -> dict[Move, tuple[ContractState, ...]]:
    """Where a contract may go from `state`, by the way it goes; a step that is over offers nothing.

    A contract that a file brought in suspended does not say from where: it resumes at a step of its negotiation.
    """
    found: dict[Move, tuple[ContractState, ...]] = {}
    if state is S.SUSPENDED:
        found[Move.RESUME] = (suspended_from,) if suspended_from else STEPS[:-1]
    if state in _NEXT:
        found[Move.ON] = (_NEXT[state],)
        found[Move.SUSPEND] = (S.SUSPENDED,)
    if state in STEPS[1:]:
        found[Move.BACK] = STEPS[: STEPS.index(state)]
    if (suspended_from if state is S.SUSPENDED else state) in _BINDING:
        found[Move.TERMINATE] = (S.TERMINATED,)
    return found


def check_move(
    standing: Standing, move: Move, to: ContractState, *, reason: str = "", confirmed: Collection[str] = ()
) -> None:
    """Let a move pass that may be made now; `confirmed` are the keys of what the person says is so.

    Raises:
        CannotMove: there is no such move from here, or something is missing.
        SheetRefused: the reason is not given, or what is to be confirmed is not.
    """
    if to not in moves(standing.state, standing.suspended_from).get(move, ()):
        raise CannotMove([Doubt(N_("Ce passage n’existe pas depuis l’étape en cours."))])
    lacks = missing(standing) if move is Move.ON else []
    if any(one.is_blocking for one in lacks):
        raise CannotMove([one.says for one in lacks if one.is_blocking])
    problems = {}
    if move is not Move.ON and not reason:
        problems["reason"] = Doubt(N_("Écrivez le motif : il paraîtra dans le journal des étapes."))
    if not {one.key for one in lacks} <= set(confirmed):
        problems["confirmed"] = Doubt(N_("Confirmez ces points, ou restez à cette étape."))
    if problems:
        raise SheetRefused(problems)


def missing(standing: Standing) -> list[Missing]:
    """What lacks for the contract to go on from the step it stands at."""
    return [one for rule in RULES[standing.state] for one in rule(standing)]


Rule = Callable[[Standing], Sequence[Missing]]


def _blocking(says: str, section: Section | None = None, **fields: str) -> Missing:
    return Missing(Doubt(says, fields), True, section)


def _confirm(says: str) -> Rule:
    """Something that only people know: the person who makes the move says that it is so."""
    return lambda _: [Missing(Doubt(says), False)]


def _parties(standing: Standing) -> list[Missing]:
    operators = [one for one in standing.parties if one.kind is PartyKind.OPERATOR and one.is_signing]
    authorities = [one for one in standing.parties if one.kind is PartyKind.AUTHORITY and one.is_signing]
    found = []
    if len(operators) != 1:
        found.append(_blocking(N_("Le contrat compte un gestionnaire, et un seul.")))
    if not authorities:
        found.append(_blocking(N_("Au moins une autorité signe le contrat.")))
    sides = {_side(one.authority_type) for one in authorities}
    found += [_blocking(says) for side, says in REQUIRED.get(standing.family, {}).items() if side not in sides]
    return found


def _side(authority_type: str) -> str:
    """An authority's side: files name the services of the State in several ways."""
    return authority_type if authority_type in ("ars", "departement", "other", "") else "etat"


REQUIRED: Mapping[str, Mapping[str, str]] = {  # the authorities a family cannot do without (domain brief 2)
    "ehpad_l313_12": {
        "ars": N_("L’ARS signe tout CPOM d’EHPAD (CASF, article L. 313-12, IV ter)."),
        "departement": N_("Le Département signe tout CPOM d’EHPAD (CASF, article L. 313-12, IV ter)."),
    },
    "ph_l313_12_2": {"ars": N_("L’ARS signe tout CPOM handicap (CASF, article L. 313-12-2).")},
    "sad_l313_11_1": {
        "departement": N_("Le Département signe le CPOM d’un service autonomie à domicile (CASF, article L. 313-11-1).")
    },
    "ahi_l313_11_2": {"etat": N_("L’État signe le CPOM des CHRS (CASF, article L. 313-11-2).")},
    "health_csp_6114": {"ars": N_("L’ARS signe le CPOM sanitaire (CSP, article L. 6114-1).")},
}


def _leads(standing: Standing) -> list[Missing]:
    return [
        _blocking(N_("{party} n’a pas encore de référent."), party=party.short_name)
        for party in standing.parties
        if party.is_signing and party.id not in standing.led
    ]


def _dates(standing: Standing) -> list[Missing]:
    wrong = wrong_length(standing.start, standing.end)
    return [Missing(wrong, True)] if wrong else []


def _perimeter(standing: Standing) -> list[Missing]:
    if standing.establishments:
        return []
    return [Missing(Doubt(N_("Aucun établissement ou service n’est encore inscrit au contrat.")), False)]


def _written(standing: Standing) -> list[Missing]:
    parents = {section.parent_id for section in standing.sections}
    return [
        _blocking(N_("Sans texte : {title}."), section, title=_called(section))
        for section in standing.sections
        if section.is_required and section.id in standing.empty and section.id not in parents
        if not section.is_table and section.status is not SectionStatus.NOT_APPLICABLE
    ]


def _called(section: Section) -> str:
    return section.title if section.label == section.title else f"{section.label}, {section.title}"


def _agreed(standing: Standing) -> list[Missing]:
    parents = {section.parent_id for section in standing.sections}
    done = (SectionStatus.AGREED, SectionStatus.NOT_APPLICABLE)
    return [
        _blocking(N_("Pas encore approuvé : {title}."), section, title=_called(section))
        for section in standing.sections
        if section.id not in parents and section.status not in done
    ]


def _begun(standing: Standing) -> list[Missing]:
    return (
        [] if standing.today >= standing.start else [_blocking(N_("La date de début du contrat n’est pas atteinte."))]
    )


def _over(standing: Standing) -> list[Missing]:
    return [] if standing.today > standing.end else [_blocking(N_("La date de fin du contrat n’est pas passée."))]


def _unsigned(_: Standing) -> list[Missing]:
    return [
        _blocking(
            N_("La signature n’est pas encore disponible dans Entente : le contrat ne peut pas passer à « signé ».")
        )
    ]


RULES: Mapping[ContractState, Sequence[Rule]] = {
    S.DRAFT: (_parties, _leads, _dates, _perimeter),
    S.SCOPING: (
        _parties,
        _leads,
        _confirm(N_("Le comité de pilotage a validé la note de cadrage. Entente ne tient pas encore les réunions.")),
    ),
    S.DIAGNOSIS: (
        _confirm(N_("Le comité de pilotage a validé le diagnostic partagé. Entente ne tient pas encore les réunions.")),
    ),
    S.DRAFTING: (
        _written,
        _confirm(N_("Les fiches action sont déposées. Entente ne tient pas encore les fiches action.")),
    ),
    S.NEGOTIATION: (
        _parties,
        _leads,
        _written,
        _confirm(N_("Les moyens sont arrêtés en comité de pilotage. Entente ne tient pas encore les scénarios.")),
    ),
    S.CONSULTATION: (
        _agreed,
        _confirm(
            N_("Les avis, délibérations et délégations de signature sont réunis. Entente ne les recueille pas encore.")
        ),
    ),
    S.READY_TO_SIGN: (_unsigned,),
    S.SIGNED: (_begun,),
    S.IN_FORCE: (_over,),
    S.EXTENDED: (_over,),
    S.ENDED: (),
    S.SUSPENDED: (),
    S.TERMINATED: (),
}
