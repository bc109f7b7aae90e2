"""Which documents are kept beside a mandate? Few, small, and only of kinds that a look at their bytes tells."""

from server.domain.identifiers import Doubt
from server.domain.refusals import N_, SheetRefused

MOST_BYTES = 5 * 1024 * 1024
MOST_PAPERS = 5  # of one mandate
NAME_LIMIT = 120
_KINDS = (  # how a file of the kind begins, its media type, its ending
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


def kind_of(content: bytes) -> tuple[str, str]:
    """The media type and the ending of a document, read from its bytes: what its sender says of it counts for nothing.

    Raises:
        SheetRefused: empty, too large, or of no kind that is kept.
    """
    if not content:
        raise SheetRefused({"paper": Doubt(N_("Choisissez un fichier : celui-ci est vide, ou aucun n’est choisi."))})
    if len(content) > MOST_BYTES:
        raise SheetRefused({"paper": Doubt(N_("Le fichier est trop volumineux : 5 Mio au plus."))})
    for begins, media_type, ending in _KINDS:
        if content.startswith(begins):
            return media_type, ending
    raise SheetRefused({"paper": Doubt(N_("Joignez un PDF, ou une image PNG ou JPEG : ce fichier n’en est pas un."))})


def safe_name(sent: str, ending: str) -> str:
    """A name to keep a document by: letters, digits and a few signs of the one sent, and the ending of its kind."""
    last = sent.replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = "".join(one if one.isalnum() or one in " -_().,°’'" else "-" for one in stem if one.isprintable())
    return f"{' '.join(kept.split()).strip(' .-')[:NAME_LIMIT] or 'document'}.{ending}"
