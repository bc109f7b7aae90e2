"""The documentation says what the code does: settings, roles, refusals, close codes, glossary."""

import ast
import re
from dataclasses import fields
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from auth.policy import GRANTS, Action
from collab.guard import Limits, Reason, Refused
from collab.peer import HangUp
from server.domain import refusals, refusals_of_documents, refusals_of_people, refusals_of_proposals
from server.settings import PREFIX, Settings
from server.web import errors
from server.wording import rendering
from server.wording.annexes import WAITING

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"


def rows(page: str) -> list[list[str]]:
    """The cells of every table of a reference page, without code marks."""
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and not line.startswith("|--")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]


def test_every_setting_is_documented_with_its_default_unit_and_remedy() -> None:
    def default(value: object) -> str:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    kept = [
        [PREFIX + one.name.upper(), default(one.default), one.metadata["unit"], one.metadata["remedy"]]
        for one in fields(Settings)
    ]
    assert rows("settings.md")[1:] == kept


def test_every_role_is_documented_with_what_it_may_do() -> None:
    head, *told = rows("roles.md")
    assert head[2:] == [action.value for action in Action]
    assert told == [
        [role.value, rendering.ROLES[role.value], *("yes" if action in can else "no" for action in Action)]
        for role, can in GRANTS.items()
    ]


def test_every_refusal_is_documented_with_its_status() -> None:
    told = {row[0]: int(row[1]) for row in rows("refusals.md")[1:]}
    assert told == {kind.__name__: status for kind, status in errors.STATUS.items()}
    files = (refusals, refusals_of_people, refusals_of_proposals, refusals_of_documents)
    made = [one for file in files for one in vars(file).values()]
    ours = {kind for kind in made if isinstance(kind, type) and issubclass(kind, refusals.Refusal)}
    assert ours - {refusals.Refusal} == set(errors.STATUS)


def test_every_close_code_is_documented() -> None:
    told = {(int(row[0]), row[1]) for row in rows("wire.md") if row[0].isdigit()}
    assert {(code.value, code.name) for code in HangUp} <= told


def test_every_reason_and_limit_of_the_guard_is_documented() -> None:
    told = [row for row in rows("guard.md") if len(row) == 2][1:]
    reasons = told[[row[0] for row in told].index("reason") + 1 :]
    assert reasons == [[one.value, str(Refused(one))[len("The update is refused: ") : -1]] for one in Reason]
    limits = {row[0]: row[1] for row in rows("guard.md") if len(row) == 3}
    del limits["limit"]
    assert limits == {one.name: str(one.default) for one in fields(Limits)}


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_between_our_pages_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)]*)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not _leads_somewhere(path, *link.partition("#")[::2])] == []


def _leads_somewhere(path: Path, page: str, anchor: str) -> bool:
    there = path.parent / page if page else path
    if not there.exists() or not anchor:
        return there.exists()
    headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def spans(path: Path) -> list[str]:
    """What a page sets as code within its sentences and tables."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


FOLDERS = ("server", "collab", "auth", "client", "tests", "docs", "benchmarks")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_our_pages_name_exists(path: Path) -> None:
    inside = [one for one in spans(path) if re.fullmatch(rf"(?:{'|'.join(FOLDERS)})/[\w./-]+", one)]
    beside = [one for one in spans(path) if re.fullmatch(r"\w+\.(?:py|toml|txt)|[A-Z]+\.md", one)]
    named = [one for one in [*inside, *beside] if "CODE" not in one]  # stands for the tag of any language
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT).as_posix() for path in PAGES if path.name != "README.md"]
    assert [page for page in pages if f"]({page})" not in readme] == []


def defined(path: Path) -> set[str]:
    """The names that a source file makes: functions, classes, methods, constants."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ts":
        made = r"(?:function|const|let|class|type) (\w+)|^ +(\w+)(?:\(|: )"
        return {name for found in re.findall(made, text, re.MULTILINE) for name in found if name}
    nodes = list(ast.walk(ast.parse(text)))
    assigned = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in nodes if isinstance(node, kinds)} | {node.id for node in assigned}


def test_the_way_of_one_edit_names_what_there_is() -> None:
    named: dict[str, set[str]] = {}
    here = ""
    for one in spans(ROOT / "docs" / "explanation" / "one-edit.md"):
        here = one if "/" in one else here
        named.setdefault(here, set()).update({one} - {here})
    assert len(named) > 15
    wrong = {path: missing for path, names in named.items() if (missing := names - defined(ROOT / path))}
    assert wrong == {}


def test_every_page_the_code_sends_people_to_exists() -> None:
    code = [
        path for folder in ("server", "auth", "collab", "client/src") for path in (ROOT / folder).rglob("*.[pt][ys]")
    ]
    named = {name for path in code for name in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))}
    assert {"docs/reference/settings.md", "docs/howto/providers.md"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


FRENCH = [
    *(ROOT / "server" / "templates").glob("*.html"),
    *(ROOT / "server").rglob("*.py"),
]


@pytest.mark.parametrize("path", FRENCH, ids=lambda path: path.name)
def test_french_sentences_have_their_no_break_spaces(path: Path) -> None:
    sentences = re.findall(r"""(?<![\w.])N?_\((["'])(.*?)\1[,)]""", path.read_text(encoding="utf-8"))
    wrong = [one for _, one in sentences if re.search(r"[ ][:;!?»%](?!\()|«[ ]|\w'\w", one) and "{count}" not in one]
    assert wrong == []


def test_every_kind_of_annex_has_its_words() -> None:
    from server.domain.contract.sections import AnnexType

    told = set(WAITING) | {AnnexType.TEXT.value, AnnexType.ESTABLISHMENTS_TABLE.value}
    assert told == {one.value for one in AnnexType}


def test_no_dependency_ships_a_package_named_like_ours() -> None:
    owners = packages_distributions()
    taken = {name: owners[name] for name in ("server", "collab", "auth") if set(owners.get(name, [])) - {"entente"}}
    assert not taken, f"{taken}: drop that dependency or rename ours; pip overwrites silently"


def test_every_step_is_documented_with_its_word_and_whether_it_is_written_in() -> None:
    told = [row[:3] for row in rows("steps.md")[1:]]
    assert told == [
        [state.value, words, "open" if state.is_open_to_writing else "closed"]
        for state, words in rendering.STATES.items()
    ]


def test_every_package_of_the_server_is_told_of_in_its_own_words() -> None:
    told = re.findall(
        r"^\| `server/(\w+)/` \| (.*) \|$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    packages = sorted((ROOT / "server").glob("*/__init__.py"))
    ours = [(one.parent.name, ast.get_docstring(ast.parse(one.read_text(encoding="utf-8")))) for one in packages]
    assert told == ours
