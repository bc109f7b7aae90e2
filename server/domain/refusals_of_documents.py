"""How the program says no to a document that is to be brought into a text."""

from server.domain.refusals import N_, Refusal


class DocumentTooLarge(Refusal):
    """More bytes than a document may have; `most` is in mebibytes."""

    says = N_("Ce document est trop volumineux ({most} Mo au plus) : rien n’a été inséré.")
    remedy = N_("Retirez-en les images, ou enregistrez à part les pages utiles, puis recommencez.")


class DocumentUnreadable(Refusal):
    """Not what a word processor writes, or damaged."""

    says = N_("Ce fichier n’est pas un document Word (.docx) ou LibreOffice (.odt), ou il est abîmé.")
    remedy = N_("Ouvrez-le dans votre traitement de texte, enregistrez-le au format .docx, puis recommencez.")


class DocumentLocked(Refusal):
    """A document that opens with a password only."""

    says = N_("Ce document est protégé par un mot de passe : il n’a pas pu être lu.")
    remedy = N_("Enregistrez-en une copie sans mot de passe, puis recommencez.")


class DocumentOld(Refusal):
    """A document of Word 97 to 2003."""

    says = N_("Ce document est à l’ancien format de Word (.doc) : il n’a pas pu être lu.")
    remedy = N_("Ouvrez-le dans Word ou LibreOffice, enregistrez-le au format .docx, puis recommencez.")


class DocumentTooInvolved(Refusal):
    """More parts, elements or levels than the text of an article can need."""

    says = N_("Ce document est trop long ou trop complexe pour être inséré en une fois.")
    remedy = N_("Copiez-en les pages utiles dans un nouveau document, puis insérez celui-ci.")


class DocumentEmpty(Refusal):
    """Nothing in it that a text can hold."""

    says = N_("Ce document ne contient aucun texte à insérer.")
    remedy = N_("Choisissez un autre document ; un document numérisé en image n’a pas de texte.")


class DocumentUnwanted(Refusal):
    """A document for a text that this person may not write in now."""

    says = N_("Ce texte n’est plus ouvert à l’écriture : le document n’a pas été lu.")
    remedy = N_("Rechargez la page pour voir où en est ce texte.")
