"""How the program says no: what happened, then what to do; no status code, no language."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from server.domain.identifiers import Doubt


def N_(text: str) -> str:
    """Mark `text` for translation without translating it."""
    return text


class Refusal(Exception):
    """Something a person asked for that cannot be done; `says` and `remedy` are sentences with {fields}."""

    says: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, **fields: Any) -> None:
        super().__init__(self.says.format(**fields) if fields else self.says)
        self.fields = fields


class NotFound(Refusal):
    """No such thing, or nothing this person may know of: the same answer for both."""

    says = N_("Cette page n’existe pas, ou vous n’y avez pas accès.")
    remedy = N_("Vérifiez l’adresse, ou demandez au référent de votre partie de vous inscrire au contrat.")


class NotSignedIn(Refusal):
    """The page needs to know who is asking."""

    says = N_("Vous n’êtes pas connecté.")
    remedy = N_("Connectez-vous auprès du fournisseur d’identité de votre partie.")


class NotFromHere(Refusal):
    """A form that did not come from one of our own pages (CSRF)."""

    says = N_("Cette demande ne vient pas d’une page d’Entente.")
    remedy = N_("Revenez à la page précédente, rechargez-la, puis recommencez.")


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


class FileRefused(Refusal):
    """A contract file that cannot be imported; nothing was written. `problems`: (path, what is wrong)."""

    says = "The file was refused, and nothing was written: {count} problem(s)."
    remedy = "Correct the fields named below, then import the file again."

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class AlreadyImported(Refusal):
    """A contract with this id is already kept."""

    says = "Contract “{id}” is already here; nothing was changed."
    remedy = "Give the file another contract.id to import it as another contract."


class PlanClosed(Refusal):
    """The contract is past writing: its plan stays as it is."""

    says = N_("Le contrat n’est plus ouvert à la rédaction : son plan ne change plus.")
    remedy = N_("Un changement de plan se décide désormais entre les parties, par avenant.")


class PlanAgreed(Refusal):
    """The plan is settled: it changes when every signing party agrees to the change."""

    says = N_("Le plan de ce contrat est arrêté : rien n’a été modifié.")
    remedy = N_("Proposez ce changement : il s’appliquera quand toutes les parties signataires l’auront accepté.")


class PlanMoved(Refusal):
    """Somebody changed what this person had in front of them."""

    says = N_("Le plan a changé depuis que vous l’avez affiché : rien n’a été modifié.")
    remedy = N_("Voici le plan à jour. Vérifiez, puis recommencez si c’est toujours utile.")


class SectionFixed(Refusal):
    """An agreed or frozen section, or one beside it that would be touched."""

    says = N_("Un article approuvé ou figé ne change plus que par proposition : rien n’a été modifié.")
    remedy = N_("Son numéro, son titre et sa place ont été approuvés avec lui.")


class SectionRequired(Refusal):
    """A required section is never removed."""

    says = N_("Cet article est obligatoire dans ce contrat : il ne se retire pas.")
    remedy = N_("Marquez-le « Sans objet » : il reste au plan, et son texte est conservé.")


class HasSections(Refusal):
    """A section that holds others is not removed, nor set aside."""

    says = N_("Cet article en contient d’autres : rien n’a été modifié.")
    remedy = N_("Traitez d’abord les articles qu’il contient : déplacez-les ou retirez-les un par un.")


class NoSuchPlace(Refusal):
    """A section cannot stand there: inside itself, too deep, or inside what cannot hold it."""

    says = N_("Cet article ne peut pas être placé à cet endroit : rien n’a été modifié.")
    remedy = N_("Choisissez un autre emplacement : une annexe, par exemple, ne contient pas d’articles.")


class ParentRemoved(Refusal):
    """What held a removed section is removed too."""

    says = N_("L’article qui contenait celui-ci est lui-même retiré : rien n’a été modifié.")
    remedy = N_("Remettez d’abord au plan l’article qui le contenait.")


class BadTitle(Refusal):
    """A section without a title, or with too long a name."""

    says = N_("Le titre est vide, ou trop long : rien n’a été modifié.")
    remedy = N_("Donnez un titre de 500 caractères au plus, et un numéro de 60 caractères au plus.")


class SheetRefused(Refusal):
    """A form with something wrong in it; nothing was written. `problems`: field → what is wrong."""

    says = N_("Le formulaire n’a pas été enregistré : il y a quelque chose à corriger.")
    remedy = N_("Corrigez les champs signalés, puis enregistrez de nouveau.")

    def __init__(self, problems: "Mapping[str, Doubt]") -> None:
        super().__init__()
        self.problems = problems


class ChangedMeanwhile(Refusal):
    """What a form shows has been changed by somebody else; nothing was written. `current`: as it is now."""

    says = N_("Ces informations ont changé entre-temps ; rien n’a été enregistré.")
    remedy = N_("Comparez votre saisie avec ce qui est enregistré maintenant, puis enregistrez de nouveau.")

    def __init__(self, current: "Mapping[str, str]") -> None:
        super().__init__()
        self.current = current


class ContractClosed(Refusal):
    """The contract is past writing: what it says stays as it is."""

    says = N_("Le contrat n’est plus ouvert à la rédaction : ses informations ne changent plus.")
    remedy = N_("Revenez d’abord à une étape de rédaction ; un contrat signé se modifie par avenant.")


class NotYourParty(Refusal):
    """The seats of a party are its own affair."""

    says = N_("Les places de {party} relèvent de cette partie.")
    remedy = N_("Demandez au référent de cette partie de les modifier.")


class LastLead(Refusal):
    """A signing party always has somebody who answers for it."""

    says = N_("{party} n’aurait plus de référent rattaché au contrat.")
    remedy = N_("Donnez d’abord le rôle de référent à une autre personne de cette partie.")


class StillInUse(Refusal):
    """Something that cannot be taken out of the contract; `where` are the sentences that say why."""

    says = N_("« {name} » ne peut pas être retiré du contrat.")
    remedy = N_("Corrigez d’abord ce qui le nomme, ou modifiez-le au lieu de le retirer.")

    def __init__(self, name: str, where: "Sequence[Doubt]") -> None:
        super().__init__(name=name)
        self.where = where


class TooMany(Refusal):
    """A contract that holds as many sections, parties, seats or establishments as it may."""

    says = N_("Ce contrat en compte déjà {most}, le plus qu’il puisse contenir : rien n’a été ajouté.")
    remedy = N_("Modifiez ce qui existe, ou reprenez ce qui a été retiré.")


class TooOften(Refusal):
    """More attempts than one network address may make; `seconds` until the next may come."""

    says = N_("Trop de demandes sont venues de votre réseau en peu de temps.")
    remedy = N_("Attendez une minute, puis recommencez.")

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class AskedTooOften(TooOften):
    """More forms, proposals or readings of the past than one person may ask for."""

    says = N_("Vous avez fait beaucoup de demandes en peu de temps.")
    remedy = N_("Rien n’a été enregistré cette fois. Attendez une minute, puis recommencez.")


class CannotMove(Refusal):
    """A step of a contract's life that cannot be taken now; `missing` says what lacks."""

    says = N_("Le contrat n’a pas changé d’étape.")
    remedy = N_("Lisez ce qui manque, complétez-le, puis recommencez.")

    def __init__(self, missing: "Sequence[Doubt]" = ()) -> None:
        super().__init__()
        self.missing = missing


class TextOpen(Refusal):
    """Words for a proposal, while one may simply write them."""

    says = N_("Ce texte est ouvert à l’écriture : rien n’a été proposé.")
    remedy = N_("Rechargez la page : vos mots y sont repris, et vous pouvez les écrire directement.")


class NothingProposed(Refusal):
    """A proposal that would say just what the text says."""

    says = N_("Cette proposition ne changerait rien : le texte dit déjà la même chose.")
    remedy = N_("Vous pouvez effacer cette copie de votre texte.")


class ProposalRefused(Refusal):
    """What was sent is no change to this text; the journal says why."""

    says = N_("Vos mots ne s’accordent pas avec le texte tel qu’il est enregistré : rien n’a été proposé.")
    remedy = N_("Ils restent dans ce navigateur : copiez ceux que vous voulez garder.")


class ProposalTooLong(Refusal):
    """More than one message may carry; `most` is in kibibytes."""

    says = N_("Ce texte est trop long pour devenir une proposition en une fois ({most} Kio au plus).")
    remedy = N_("Il reste dans ce navigateur : copiez ce que vous voulez garder.")


class TooManyProposals(Refusal):
    """A person who has made as many proposals of one section as they may."""

    says = N_("Vous avez déjà fait {most} propositions sur ce texte, le plus possible : rien n’a été ajouté.")
    remedy = N_("Vos mots restent dans ce navigateur : copiez ceux que vous voulez garder.")


class NotADraft(Refusal):
    """A proposal that is no longer being prepared."""

    says = N_("Cette proposition n’est plus un brouillon : rien n’a été modifié.")
    remedy = N_("Ouvrez-la pour voir où elle en est ; une nouvelle proposition peut la reprendre.")


class TextMoved(Refusal):
    """The text is not the one this person had in front of them."""

    says = N_("Le texte a changé depuis que vous l’avez affiché : rien n’a été enregistré.")
    remedy = N_("Relisez-le tel qu’il est maintenant, puis recommencez si vous en êtes toujours d’accord.")


class TextFrozen(Refusal):
    """A frozen section, one that is « sans objet », or out of the plan: no proposal changes it."""

    says = N_("Ce texte est figé, sans objet ou retiré du plan : aucune proposition ne peut le modifier maintenant.")
    remedy = N_("Les parties doivent d’abord le rouvrir.")


class NoTitle(Refusal):
    """A draft to be tabled that nobody has given a title."""

    says = N_("Cette proposition n’a pas de titre : elle n’a pas été déposée.")
    remedy = N_("Donnez-lui un titre dans sa présentation, puis déposez-la.")


class ProposalEnded(Refusal):
    """A proposal that does not lie before the parties any more."""

    says = N_("Cette proposition n’est plus soumise aux parties : votre réponse n’a pas été enregistrée.")
    remedy = N_("Ouvrez-la pour voir ce qu’elle est devenue.")


class NotYourProposal(Refusal):
    """A proposal that somebody else prepared, or another party tabled."""

    says = N_("Cette proposition n’est pas la vôtre : elle n’a pas été retirée.")
    remedy = N_("Demandez à la personne qui l’a préparée, ou au référent de sa partie, de la retirer.")


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
