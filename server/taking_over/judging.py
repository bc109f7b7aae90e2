"""May a proposal be taken over into the text as it is now? The rule and the engine must both say so, and the same."""

from collections.abc import Sequence

from collab import canonical, document
from server.domain.proposals.verdict import Clean, Rebase, Verdict, verdict
from server.domain.texts import text


def judge(base: bytes, head: bytes, proposal: Sequence[bytes]) -> Verdict:
    """What may become of a proposal: `base` is the state it was made from, which `proposal` begins with.

    The engine merges letters, never failing and never asking: 45 → 50 and 45 → 60 are « 5060 » to it. So it decides
    nothing. But its result is the text that would be live, so it has to be the one that was judged.
    """
    before, now = document.read_state(base, text.ROOT), document.read_state(head, text.ROOT)
    found = verdict(before, now, document.read_states(proposal, text.ROOT))
    if isinstance(found, Clean) and looks(found.merged) != looks(document.read_states((head, *proposal), text.ROOT)):
        return Rebase(())
    return found


def looks(content: text.Node) -> str:
    """The digest of a text as people see it: what they agree to, whatever the ids of its blocks."""
    return canonical.digest(text.without_ids(content))
