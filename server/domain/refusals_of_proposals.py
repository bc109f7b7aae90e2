"""How the program says no to a change by proposal, for how what it would change stands."""

from server.domain.refusals import N_, Refusal


class TextFrozen(Refusal):
    """A frozen text: nothing changes it, and its name and place in the plan stay, until a party lifts the freeze."""

    says = N_("Ce texte est figé : rien ne peut le modifier maintenant. Rien n’a été enregistré.")
    remedy = N_(
        "Une partie signataire peut lever le gel dans « Mode d’écriture », sur la page du contrat ; les propositions "
        "déposées attendent jusque-là."
    )


class TextOutOfUse(Refusal):
    """A text that is « sans objet », or out of the plan: no proposal changes it."""

    says = N_("Cet article est sans objet ou retiré du plan : aucune proposition ne peut en modifier le texte.")
    remedy = N_("Remettez d’abord l’article au plan, ou en brouillon, depuis le plan du contrat.")


class NothingToAccept(Refusal):
    """An agreement to a proposal that would change nothing: the text, or the plan, says it already."""

    says = N_("Ce que demande cette proposition est déjà en place : il n’y a rien à accepter.")
    remedy = N_("La partie qui l’a déposée peut la retirer.")
