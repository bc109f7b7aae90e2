"""Export a contract as a file: what is kept in rows and live texts, laid over the file it came from."""

from typing import Any

from pycrdt import Doc

from collab import document
from server.contract_files import plan_tree
from server.contract_files.laying_over import laid_over
from server.domain.contract.sections import Section, SectionStatus, mode_of
from server.domain.texts import text
from server.store import contracts
from server.store.engine import Store
from server.store.updates import UpdateLog

Json = dict[str, Any]


async def export_contract(contract_id: str, store: Store) -> Json:
    """The contract as a contract file, parts not built yet and unknown fields as they were imported.

    The file holds the internal notes of every party: it is for whoever keeps the server, never for a page.

    Raises:
        NotFound: no contract of that id.
    """
    async with store.reading() as session:
        source = await laid_over(session, contract_id)
        sections = await contracts.sections(session, contract_id)
    log = UpdateLog(store)
    for node, section in plan_tree.rebuild(source, sections):
        _lay_over(node, section, await _text(log, section))
    return source


async def _text(log: UpdateLog, section: Section) -> Json:
    live: Doc[Any] = Doc()
    for line in await log.lines(section.document):
        live.apply_update(line.delta)
    return document.read(live, text.ROOT)


def _lay_over(node: Json, section: Section, content: Json) -> None:
    """Put what is kept now into a section of the file, touching only what differs from it."""
    now = {
        "number": (section.number, ""),
        "title": (section.title, None),
        "status": (section.status.value, SectionStatus.DRAFT.value),
        "mode": (section.mode.value, mode_of(section.status).value),
        "revision": (section.revision, 1),
    }
    for name, (value, unsaid) in now.items():
        if value != node.get(name, unsaid):
            node[name] = value
    _lay_text_over(node, content)


def _lay_text_over(node: Json, content: Json) -> None:
    before = node.get("content") or text.from_body(node.get("body", ""))
    if text.without_ids(content) == text.without_ids(before):
        return
    node["body"] = text.to_body(content)
    if text.without_ids(text.from_body(node["body"])) == text.without_ids(content):
        node.pop("content", None)  # plain words say it all
    else:
        node["content"] = text.without_ids(content)
