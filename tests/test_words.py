"""Every sentence exists in every language: the catalogues, and the sources they are made from."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import update_words
from server.wording.languages import languages

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted((ROOT / "server" / "templates").glob("*.html"))
PYTHON = sorted((ROOT / "server").rglob("*.py"))
CATALOGUES = sorted(update_words.LOCALE.glob("*.po"))


def forms(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list | tuple) else [str(said or "")]


def messages(path: Path) -> list[Message]:
    catalogue: Catalog = update_words.read(path)
    return [one for one in catalogue if one.id]


ENGLISH = messages(update_words.LOCALE / "en.po")


def test_every_language_but_french_has_a_catalogue() -> None:
    assert [path.stem for path in CATALOGUES] == [code for code in languages() if code != "fr"]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_is_what_make_words_would_write(path: Path) -> None:
    """Nothing missing, nothing obsolete, sorted, no line number and no date."""
    assert path.read_bytes() == update_words.updated(update_words.read(path)), "run: make words"


def test_make_words_keeps_translations_drops_what_is_said_no_more_and_leaves_new_ones_empty() -> None:
    kept = Catalog(locale="en")
    kept.add("Mes contrats", "Mine")
    kept.add("On ne le dit plus", "Said no more")
    after = read_po(BytesIO(update_words.updated(kept)), locale="en")
    said = {one.id: one.string for one in after if one.id}
    assert (said["Mes contrats"], said["Fermer"]) == ("Mine", "")
    assert "On ne le dit plus" not in said
    assert sorted(map(str, said)) == sorted(map(str, {one.id for one in ENGLISH}))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_sentence_is_translated_in_all_its_forms(path: Path) -> None:
    catalogue = update_words.read(path)
    counts = {one.id: len(forms(one.string)) for one in catalogue if one.pluralizable}
    assert {one for one, count in counts.items() if count != catalogue.num_plurals} == set()
    assert [one.id for one in messages(path) if one.fuzzy or not all(forms(one.string))] == []


def fields(sentence: str) -> list[str]:
    """What a sentence has filled in: %(name)s and {name}."""
    return sorted(re.findall(r"%\(\w+\)[sd]|\{\w*[^}]*\}", sentence))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_translation_has_the_fields_of_its_sentence(path: Path) -> None:
    wrong = [
        one.id for one in messages(path) if any(fields(said) != fields(forms(one.id)[-1]) for said in forms(one.string))
    ]
    assert wrong == []


def test_a_percent_sign_of_a_sentence_is_doubled() -> None:
    """Jinja fills in every sentence, also one without fields: a single sign would fail when the page is made."""
    said = [form for one in ENGLISH for form in (*forms(one.id), *forms(one.string))]
    assert [one for one in said if re.search(r"%(?!\(\w+\)[sd]|%)", one.replace("%%", ""))] == []


def test_english_is_typeset_in_english() -> None:
    said = [form for one in ENGLISH for form in forms(one.string)]
    assert [one for one in said if re.search(r"[\s\u00a0\u202f][:;!?]|[\u00a0\u202f ]%(?!\()|[«»]", one)] == [], (
        "French spaces or quotes"
    )
    assert [one for one in said if re.search(r"\w'\w|\"|\.\.\.", one)] == [], "a typewriter's signs"
    assert [one for one in said if re.search(r"\bmanager\b", one, re.IGNORECASE)] == [], "gestionnaire is operator"


def test_a_sentence_ends_in_english_as_it_does_in_french() -> None:
    def end(sentence: str) -> str:
        sign = sentence.rstrip()[-1:]
        return sign if sign in ".…:;,?!" else ""

    pairs = [(french, said) for one in ENGLISH for french, said in zip(forms(one.id), forms(one.string), strict=True)]
    assert [french for french, said in pairs if end(french) != end(said)] == []


ALIKE = {  # the same in both languages
    "Administration", "Consultations", "Département", "FINESS", "Invitation",
    "Passage %(number)d", "passage %(number)d",
}  # fmt: skip


def test_nothing_was_left_in_french() -> None:
    assert {one.id for one in ENGLISH if forms(one.id) == forms(one.string)} == ALIKE


def glossary() -> list[tuple[str, str]]:
    """French and English words of docs/howto/translate.md."""
    page = (ROOT / "docs" / "howto" / "translate.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `[\w.]+` \| ([^|]+) \| ([^|;]+)[^|]*\|$", page, re.MULTILINE)


@pytest.mark.parametrize(("french", "english"), [(one.strip(), other.strip()) for one, other in glossary()])
def test_one_word_is_translated_by_one_word(french: str, english: str) -> None:
    def says(word: str, sentence: str) -> bool:
        either = "|".join(re.sub("y$", "(y|ie)", one) for one in word.split(" or "))
        return re.search(rf"\b({either})s?\b", sentence, re.IGNORECASE) is not None

    pairs = [(" ".join(forms(one.id)), " ".join(forms(one.string))) for one in ENGLISH]
    assert [one for one, other in pairs if says(french, one) and not says(english, other)] == []


def test_the_words_we_use_are_there() -> None:
    assert len(glossary()) > 15


NAMES = {"Entente", "Ctrl", "Tab", "Alt", "Maj", "F6", "B", "I", "Z", "C", "N", "Authier", "Fournier", "AR", "DÉ", "RL"}
READ_ALOUD = re.compile(r"""\b(?:aria-label|title|placeholder|alt|data-vide|data-col)=(["'])(.*?)\1""", re.DOTALL)


def bare_words(template: str) -> Iterator[str]:
    """The words that a template says without asking the catalogue."""
    static = re.sub(r"\{% block page %\}.*?\{% endblock %\}", "", template)  # the kind of page, for scripts
    static = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", static, flags=re.DOTALL)
    shown = re.sub(r"""<[^>]*>|&\w+;|[\w-]+=(["']).*?\1""", " ", static)
    for words in (shown, *(words for _, words in READ_ALOUD.findall(static))):
        yield from re.findall(r"[\u00a0\u202f][:;!?%€]|[«»“”]", words)
        yield from (word for word in re.findall(r"[^\W\d_]+\d*", words) if word not in NAMES)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_but_through_the_catalogue(path: Path) -> None:
    assert list(bare_words(path.read_text(encoding="utf-8"))) == []


def test_a_word_outside_the_catalogue_would_be_noticed() -> None:
    assert list(bare_words('<p title="Ici">{{ _("Bon") }} Oui</p><b aria-label="{{ x }}">B</b>')) == ["Oui", "Ici"]
    assert list(bare_words("{{ one }}\u00a0: {{ two }}")) == ["\u00a0:"]


ACCENTS = re.compile("\u00a0[:;!?]|[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔÛ«»’]")
OF_THE_FILES = {"À joindre", "[À compléter"}  # how the plans mark an annex, and the notices what the operator fills in


def unmarked(source: str) -> Iterator[str]:
    """French strings of a module that `N_` does not mark; docstrings are not said to anybody."""
    tree = ast.parse(source)
    marked = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_"]
    known = {id(inside) for node in marked for inside in ast.walk(node)}
    known |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in known else None
        if isinstance(said, str) and ACCENTS.search(said) and " " in said.strip() and said not in OF_THE_FILES:
            yield said


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_french_sentence_of_the_server_is_unmarked(path: Path) -> None:
    assert list(unmarked(path.read_text(encoding="utf-8"))) == []


def test_an_unmarked_french_sentence_would_be_noticed() -> None:
    assert list(unmarked('"""Un résumé."""\na = N_("Très bien")\nb = "Déjà vu"')) == ["Déjà vu"]


def test_being_signed_in_is_a_connexion_in_french() -> None:
    """« Session » is a word of ours only; of others it stands in quotes, as they write it."""
    client = [path.read_text() for path in (ROOT / "client" / "src").glob("*.fr.ts")]
    notices = [path.read_text() for path in (ROOT / "server" / "data").glob("*.fr.txt")]
    said = [form for one in ENGLISH for form in forms(one.id)]
    french = [re.sub(r"«[^»]*»", "", one) for one in (*said, *client, *notices)]
    assert [found for one in french for found in re.findall(r".*\bsessions?\b.*", one, re.IGNORECASE)] == []
