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

    says = N_("Le plan de ce contrat est arrêté : rien n’a été modifié.")
    remedy = N_("Proposez ce changement : il s’appliquera quand toutes les parties signataires l’auront accepté.")


class PlanMoved(Refusal):
    """Somebody changed what this person had in front of them."""

    says = N_("Le plan a changé depuis que vous l’avez affiché : rien n’a été modifié.")
    remedy = N_("Voici le plan à jour. Vérifiez, puis recommencez si c’est toujours utile.")


class ChangeOutdated(Refusal):
    """A proposal about the plan holds a change that the plan of today does not take."""

    says = N_("Un des changements de cette proposition ne s’applique plus au plan : rien n’a été modifié.")
    remedy = N_("Annulez ce changement dans le brouillon, puis recommencez.")


class PlanUnchanged(Refusal):
    """A proposal that would leave the plan as it is."""

    says = N_("Cette proposition ne change rien au plan : elle n’a pas été déposée.")
    remedy = N_("Préparez au moins un changement, puis déposez-la.")


class SectionFixed(Refusal):
    """An agreed section or one closed to writing, or one beside it that would be touched."""

    says = N_("Un article approuvé ou fermé à l’écriture ne change plus que par proposition : rien n’a été modifié.")
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


class TextUnchanged(Refusal):
    """A draft that would leave its text as it is."""

    says = N_("Cette proposition ne change rien au texte : elle n’a pas été déposée.")
    remedy = N_("Changez au moins un mot, puis déposez-la.")


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
    remedy = N_("Relisez-le tel qu’il est maintenant, puis recommencez si vous êtes toujours d’accord.")


class NoTitle(Refusal):
    """A draft to be tabled that nobody has given a title."""

    says = N_("Cette proposition n’a pas de titre : elle n’a pas été déposée.")
    remedy = N_("Donnez-lui un titre dans sa présentation, puis déposez-la.")


class ReservationMoved(Refusal):
    """The reservation of one's party is not the one this person had in front of them."""

    says = N_("La réserve de votre partie n’est plus celle que vous avez affichée : elle n’a pas été levée.")
    remedy = N_("Relisez-la telle qu’elle est maintenant, puis levez-la si ce qu’elle demande est fait.")


class ProposalEnded(Refusal):
    """A proposal that does not lie before the parties any more."""

    says = N_("Cette proposition n’est plus soumise aux parties : votre réponse n’a pas été enregistrée.")
    remedy = N_("Ouvrez-la pour voir ce qu’elle est devenue.")


class NotYourProposal(Refusal):
    """A proposal that somebody else prepared, or another party tabled."""

    says = N_("Cette proposition n’est pas la vôtre : elle n’a pas été retirée.")
    remedy = N_("Demandez à la personne qui l’a préparée, ou au référent de sa partie, de la retirer.")
