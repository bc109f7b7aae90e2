"""The one table of who may do what: roles, actions, and the door each route opens; refused by default."""

from enum import StrEnum


class Role(StrEnum):
    """What a member is in their party; values are those of contract files."""

    LEAD_NEGOTIATOR = "lead_negotiator"
    CONTRIBUTOR = "contributor"
    SIGNATORY = "signatory"
    READER = "reader"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be done to a contract."""

    READ = "read"
    WRITE = "write"
    PROPOSE = "propose"  # a change to a text that is closed to writing, in private with one's own party
    ANSWER = "answer"  # for one's party: table a proposal, withdraw it, answer one
    MANAGE = "manage"  # the contract's facts, parties, establishments, plan and steps; who runs its meetings
    PEOPLE = "people"  # the seats, invitations and mandates of one's own party


class Door(StrEnum):
    """Who a route lets in before any contract is looked at."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    ADMINISTRATOR = "administrator"  # of the platform: providers and people's access, and no contract by it
    LEAD = "lead"  # somebody who may manage at least one contract
    MEMBER = "member"  # of the contract in the address, with the action beside it


_READS = frozenset({Action.READ})
_WRITES = _READS | {Action.WRITE, Action.PROPOSE}

GRANTS: dict[Role, frozenset[Action]] = {
    Role.LEAD_NEGOTIATOR: _WRITES | {Action.ANSWER, Action.MANAGE, Action.PEOPLE},
    Role.CONTRIBUTOR: _WRITES,
    Role.SIGNATORY: _WRITES,
    Role.FACILITATOR: _READS,
    Role.READER: _READS,
    Role.ADMINISTRATOR: frozenset({Action.PEOPLE}),  # of their party, and reads no contract by it
}

CONSULTED = _READS  # the most a member of a consulted party may do, whatever the role

ROUTES: dict[str, tuple[Door, Action | None]] = {
    "home": (Door.ANYONE, None),
    "healthz": (Door.ANYONE, None),
    "readyz": (Door.ANYONE, None),
    "metrics": (Door.ANYONE, None),  # and only with the token of the settings: server/web/metrics.py
    "static": (Door.ANYONE, None),
    "security_txt": (Door.ANYONE, None),
    "privacy": (Door.ANYONE, None),
    "accessibility": (Door.ANYONE, None),
    "csp_report": (Door.ANYONE, None),
    "sign_in": (Door.ANYONE, None),
    "sign_in_start": (Door.ANYONE, None),
    "sign_in_callback": (Door.ANYONE, None),
    "sign_out": (Door.ANYONE, None),
    "signed_out": (Door.ANYONE, None),
    "back_channel_logout": (Door.ANYONE, None),  # and only with a token the provider signed: auth/logout.py
    "front_channel_logout": (Door.ANYONE, None),  # and only one's own session: server/sessions/signing_out.py
    "administrators": (Door.ADMINISTRATOR, None),
    "invite_administrator": (Door.ADMINISTRATOR, None),
    "revoke_administrator": (Door.ADMINISTRATOR, None),
    "remove_administrator": (Door.ADMINISTRATOR, None),
    "invitation": (Door.ANYONE, None),  # whoever holds the link; it shows nothing of the contract
    "accept_invitation": (Door.ANYONE, None),
    "seen": (Door.SIGNED_IN, None),
    "own_sessions": (Door.SIGNED_IN, None),
    "end_sessions": (Door.SIGNED_IN, None),  # and only one's own, confirmed: server/sessions/own_sessions.py
    "language": (Door.ANYONE, None),
    "providers": (Door.ADMINISTRATOR, None),
    "provider_profiles": (Door.ADMINISTRATOR, None),
    "new_provider": (Door.ADMINISTRATOR, None),
    "add_provider": (Door.ADMINISTRATOR, None),
    "provider": (Door.ADMINISTRATOR, None),
    "save_provider": (Door.ADMINISTRATOR, None),
    "enable_provider": (Door.ADMINISTRATOR, None),
    "disable_provider": (Door.ADMINISTRATOR, None),
    "try_provider": (Door.ADMINISTRATOR, None),
    "start_trial": (Door.ADMINISTRATOR, None),
    "all_parties": (Door.ADMINISTRATOR, None),
    "choose_for_party": (Door.ADMINISTRATOR, None),
    "new_contract": (Door.LEAD, None),
    "new_contract_of": (Door.LEAD, None),
    "create_contract": (Door.LEAD, None),
    "contract": (Door.MEMBER, Action.READ),
    "settings": (Door.MEMBER, Action.READ),
    "facts": (Door.MEMBER, Action.MANAGE),
    "save_facts": (Door.MEMBER, Action.MANAGE),
    "new_party": (Door.MEMBER, Action.MANAGE),
    "add_party": (Door.MEMBER, Action.MANAGE),
    "party": (Door.MEMBER, Action.MANAGE),
    "save_party": (Door.MEMBER, Action.MANAGE),
    "choose_provider": (Door.MEMBER, Action.MANAGE),  # and only of one's own party: server/editing/choosing.py
    "remove_party": (Door.MEMBER, Action.MANAGE),
    "new_seat": (Door.MEMBER, Action.PEOPLE),  # and only of one's own party: server/domain/people/seats.py
    "add_seat": (Door.MEMBER, Action.PEOPLE),
    "seat": (Door.MEMBER, Action.PEOPLE),
    "save_seat": (Door.MEMBER, Action.PEOPLE),
    "free_seat": (Door.MEMBER, Action.PEOPLE),
    "remove_seat": (Door.MEMBER, Action.PEOPLE),
    "own_people": (Door.MEMBER, Action.PEOPLE),
    "people": (Door.MEMBER, Action.PEOPLE),  # and only of one's own party, or of one nobody looks after
    "invite": (Door.MEMBER, Action.PEOPLE),
    "resend_invitation": (Door.MEMBER, Action.PEOPLE),
    "revoke_invitation": (Door.MEMBER, Action.PEOPLE),
    "whose_reference": (Door.MEMBER, Action.PEOPLE),
    "move_seat": (Door.MEMBER, Action.PEOPLE),
    "end_sessions_of": (Door.MEMBER, Action.PEOPLE),
    "seat_mandates": (Door.MEMBER, Action.PEOPLE),
    "record_mandate": (Door.MEMBER, Action.PEOPLE),
    "end_mandate": (Door.MEMBER, Action.PEOPLE),
    "add_paper": (Door.MEMBER, Action.PEOPLE),
    "paper": (Door.MEMBER, Action.READ),  # and only for people of the signing parties: server/people/mandate_pages.py
    "set_facilitator": (Door.MEMBER, Action.MANAGE),
    "new_establishment": (Door.MEMBER, Action.MANAGE),
    "add_establishment": (Door.MEMBER, Action.MANAGE),
    "establishment": (Door.MEMBER, Action.MANAGE),
    "save_establishment": (Door.MEMBER, Action.MANAGE),
    "remove_establishment": (Door.MEMBER, Action.MANAGE),
    "life": (Door.MEMBER, Action.READ),
    "move_on": (Door.MEMBER, Action.MANAGE),
    "section_history": (Door.MEMBER, Action.READ),  # whoever reads a text live has been shown all that it was
    "section_past": (Door.MEMBER, Action.READ),
    "section_compare": (Door.MEMBER, Action.READ),
    "section_authors": (Door.MEMBER, Action.READ),  # like the history
    "read_document": (Door.MEMBER, Action.WRITE),  # and only into what one may write in: server/web/bringing.py
    "propose": (Door.MEMBER, Action.PROPOSE),
    "new_proposal": (Door.MEMBER, Action.PROPOSE),
    "begin_proposal": (Door.MEMBER, Action.PROPOSE),
    "proposal_cover": (Door.MEMBER, Action.PROPOSE),  # and only of one's own party: server/drafts/drafting.py
    "save_proposal_cover": (Door.MEMBER, Action.PROPOSE),
    "proposal": (Door.MEMBER, Action.READ),  # one may know of: server/store/proposals.py
    "compare_proposal": (Door.MEMBER, Action.READ),  # only what one may know of: server/store/proposals.py
    "withdraw_proposal": (Door.MEMBER, Action.PROPOSE),  # and only one's own: server/drafts/tabling.py
    "proposals": (Door.MEMBER, Action.READ),  # those one may know of: server/store/proposals.py
    "counter_form": (Door.MEMBER, Action.PROPOSE),
    "counter_proposal": (Door.MEMBER, Action.PROPOSE),
    "take_up_form": (Door.MEMBER, Action.PROPOSE),
    "take_up_proposal": (Door.MEMBER, Action.PROPOSE),  # and only of one's own party: server/drafts/countering.py
    "section_mode": (Door.MEMBER, Action.PROPOSE),
    "change_mode": (Door.MEMBER, Action.ANSWER),
    "tabling": (Door.MEMBER, Action.ANSWER),  # and only of one's own party: server/drafts/tabling.py
    "table_proposal": (Door.MEMBER, Action.ANSWER),
    "lift_reservation": (Door.MEMBER, Action.ANSWER),  # and only one's own party's: server/proposals/lifting.py
    "answer_proposal": (
        Door.MEMBER,
        Action.ANSWER,
    ),  # and only in the name of one's own party: server/proposals/answering.py
    "plan": (Door.MEMBER, Action.READ),
    "change_plan": (Door.MEMBER, Action.MANAGE),
    "new_plan_proposal": (Door.MEMBER, Action.PROPOSE),
    "begin_plan_proposal": (Door.MEMBER, Action.PROPOSE),
    "proposed_plan": (Door.MEMBER, Action.READ),  # and only of a draft one prepares: server/drafts/plan_draft_pages.py
    "change_proposed_plan": (
        Door.MEMBER,
        Action.PROPOSE,
    ),  # and only of a draft one prepares: server/drafts/restructuring.py
    "live": (Door.MEMBER, Action.READ),
    "nameless": (Door.MEMBER, Action.READ),  # `live` for plain y-websocket clients
    "open_line": (Door.MEMBER, Action.READ),  # and the lines: what `live` is where no websocket gets through
    "hear_line": (Door.MEMBER, Action.READ),
    "say_line": (Door.MEMBER, Action.READ),
    "close_line": (Door.MEMBER, Action.READ),
    "demo_discovery": (Door.ANYONE, None),
    "demo_keys": (Door.ANYONE, None),
    "demo_authorize": (Door.ANYONE, None),
    "demo_choose": (Door.ANYONE, None),
    "demo_token": (Door.ANYONE, None),
    "demo_userinfo": (Door.ANYONE, None),
    "demo_end_session": (Door.ANYONE, None),
}


def may(role: Role, action: Action, *, is_signing: bool) -> bool:
    """Whether `role`, in a signing or a consulted party, may do `action`."""
    allowed = GRANTS.get(role, frozenset())
    return action in (allowed if is_signing else allowed & CONSULTED)
