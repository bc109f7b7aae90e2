"""What an annex that is not built yet says of itself, and whether the imported file has something for it."""

import json
from dataclasses import dataclass
from typing import Any

from server.domain.contract.sections import AnnexType
from server.domain.refusals import N_


@dataclass(frozen=True)
class Waiting:
    """An annex to come: its sign, its name, what will be there."""

    icon: str
    title: str
    says: str


WAITING = {
    AnnexType.OBJECTIVES: Waiting(
        "i-cible",
        N_("Fiches objectifs et indicateurs"),
        N_("Ici se liront chaque objectif, ses actions et ses indicateurs, de la valeur de départ à la cible."),
    ),
    AnnexType.MEANS_TABLE: Waiting(
        "i-tab",
        N_("Tableau objectifs-moyens"),
        N_("Ici se liront, action par action et année par année, les besoins et les moyens de chaque financeur."),
    ),
    AnnexType.PGFP: Waiting(
        "i-courbe",
        N_("Plan d’investissement et plan global de financement (PPI, PGFP)"),
        N_("Ici se liront les investissements prévus et leur financement sur la durée du contrat."),
    ),
    AnnexType.ANNUAL_REVIEW: Waiting(
        "i-horloge",
        N_("Revue annuelle des objectifs"),
        N_("Ici se liront, chaque année, les résultats obtenus en face des cibles du contrat."),
    ),
    AnnexType.FILE: Waiting(
        "i-trombone",
        N_("Pièce jointe"),
        N_("Ici se déposera un document, un arrêté par exemple, que chaque partie pourra télécharger."),
    ),
}


def imported(source: str) -> frozenset[AnnexType]:
    """The annexes for which a contract's file holds data that every party may know of.

    Nothing of the data itself: it waits, with the parties' internal notes, for its page to be built. A draft scenario
    is its party's own, so it is not even counted.
    """
    file: dict[str, Any] = json.loads(source)
    found = {
        AnnexType.OBJECTIVES: bool(file.get("objectives")),
        AnnexType.MEANS_TABLE: any(_is_tabled(one) for one in file.get("scenarios") or ()),
        AnnexType.PGFP: bool(file.get("pgfp")),
    }
    return frozenset(annex for annex, has in found.items() if has)


def _is_tabled(scenario: Any) -> bool:
    return isinstance(scenario, dict) and scenario.get("status", "draft") != "draft"
