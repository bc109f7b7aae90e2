"""How the program says no to who comes in, is invited, or looks after the people of a party."""

from server.domain.refusals import N_, Refusal


class SignInFailed(Refusal):
    """The provider's answer was not accepted; the log says why under the same reference, the page does not."""

    says = N_("La connexion n’a pas abouti.")
    remedy = N_("Recommencez. Si cela se répète, donnez la référence {reference} au référent de votre partie.")


class ProviderSilent(SignInFailed):
    """The provider cannot be reached, or answers something that is no answer."""

    says = N_("Votre fournisseur d’identité ne répond pas comme il devrait.")
    remedy = N_(
        "Réessayez dans quelques minutes. Si cela dure, prévenez le service informatique de votre organisme, avec la "
        "référence {reference}."
    )


class LevelTooLow(SignInFailed):
    """The person proved who they are, but less well than reading asks for."""

    says = N_("Votre compte n’a pas le niveau de sécurité demandé.")
    remedy = N_(
        "Reconnectez-vous avec un moyen plus sûr : deuxième facteur, carte professionnelle. Si vous n’en avez pas, "
        "demandez-le au service informatique de votre organisme, avec la référence {reference}."
    )


class SignInClosed(SignInFailed):
    """People may not sign in this way: the provider is disabled."""

    says = N_("L’accès par ce fournisseur d’identité n’est pas ouvert.")
    remedy = N_(
        "Demandez au référent de votre partie par quel fournisseur vous connecter. S’il vous a indiqué celui-ci, "
        "donnez-lui la référence {reference}."
    )


class NotConfirmed(Refusal):
    """A sign-in that was to confirm something did not; the security journal says why."""

    says = N_("Votre identité n’a pas été confirmée : rien n’a été fait.")
    remedy = N_("Recommencez. Si cela se répète, signalez-le au référent de votre partie, avec l’heure de l’essai.")


class ConfirmedByAnother(NotConfirmed):
    """Somebody else than the person who asked signed in."""

    remedy = N_("Une autre personne s’est identifiée. Recommencez avec le compte qui vous a connecté à Entente.")


class ConfirmedBefore(NotConfirmed):
    """The provider answered with a sign-in of before."""

    remedy = N_("Votre fournisseur d’identité ne vous a pas demandé de vous identifier à nouveau. Recommencez.")


class LevelNotReached(NotConfirmed):
    """The person did not prove who they are as well as their party's configuration wants."""

    remedy = N_(
        "Votre fournisseur d’identité n’a pas donné le niveau de sécurité demandé. Demandez au référent de votre partie"
        " comment l’obtenir."
    )


class IntentSpent(NotConfirmed):
    """What was to be confirmed was confirmed before, too long ago, or in another session."""

    remedy = N_("La demande a expiré ou a déjà servi. Recommencez.")


class NotYourParty(Refusal):
    """The seats of a party are its own affair."""

    says = N_("Les places de {party} relèvent de cette partie.")
    remedy = N_("Demandez au référent de cette partie de les modifier.")


class LastLead(Refusal):
    """A signing party always has somebody who answers for it."""

    says = N_("{party} n’aurait plus de référent rattaché au contrat.")
    remedy = N_("Donnez d’abord le rôle de référent à une autre personne de cette partie.")


class InvitationUsed(Refusal):
    """A link that has been followed to its end already."""

    says = N_("Cette invitation a déjà servi.")
    remedy = N_("Si c’était vous, connectez-vous comme d’habitude. Sinon, prévenez la personne qui vous a invité.")


class InvitationExpired(Refusal):
    """A link whose last day is over."""

    says = N_("Cette invitation n’est plus valable : son délai est passé.")
    remedy = N_("Demandez à la personne qui vous a invité de vous envoyer un nouveau lien.")


class InvitationRevoked(Refusal):
    """A link that was taken back, or replaced by a newer one."""

    says = N_("Cette invitation a été retirée, ou remplacée par une plus récente.")
    remedy = N_("Utilisez le lien le plus récent que vous avez reçu, ou demandez-en un nouveau.")


class OtherProvider(Refusal):
    """A sign-in through another provider than the one that was meant; it joins nobody."""

    says = N_("Cette invitation s’accepte avec un autre fournisseur d’identité.")
    remedy = N_("Rouvrez le lien reçu et connectez-vous avec le fournisseur d’identité qu’il indique.")


class SeatTaken(Refusal):
    """Somebody sits there already."""

    says = N_("Cette place est déjà occupée.")
    remedy = N_("Demandez au référent ou à l’administrateur de votre partie quelle place vous revient.")


class AlreadySeated(Refusal):
    """One person has one seat in a contract."""

    says = N_("Ce compte occupe déjà une place dans ce contrat.")
    remedy = N_("Une personne n’a qu’une place par contrat : libérez d’abord celle-ci.")


class NoSuchReference(Refusal):
    """A newcomer's reference that is nobody's."""

    says = N_("Cette référence ne correspond à aucun compte : rien n’a changé.")
    remedy = N_("Demandez à la personne de vous relire la référence affichée sur sa page d’accueil.")


class OwnSeat(Refusal):
    """Who administers the people of a party does not decide about their own seat."""

    says = N_("Vous ne pouvez pas modifier votre propre place.")
    remedy = N_("Demandez-le au référent de votre partie.")


class MandateOver(Refusal):
    """An authority to sign that was ended already: it stays as it is."""

    says = N_("Il a déjà été mis fin à cette habilitation : elle ne change plus.")
    remedy = N_("Enregistrez une nouvelle habilitation.")


class LastAdministrator(Refusal):
    """The platform always has somebody who administers it."""

    says = N_("Il doit rester au moins un administrateur de la plateforme.")
    remedy = N_("Invitez d’abord une autre personne ; elle pourra ensuite vous retirer.")
