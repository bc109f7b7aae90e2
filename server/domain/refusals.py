"""How the program says no: what happened, then what to do; no status code, no language."""

from typing import Any, ClassVar


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
    """The provider's answer was not accepted; the log says why, the page does not."""

    says = N_("La connexion n’a pas abouti.")
    remedy = N_("Recommencez. Si cela se répète, donnez l’heure de l’essai à l’administrateur de votre partie.")


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
