"""The routes of the platform's administrators, as `server.app` lists the others."""

from starlette.routing import BaseRoute

from server.administration import administrator_pages, provider_choice_pages, provider_pages
from server.sessions import trial_pages
from server.web.doors import guarded

ADMINISTRATORS = "/administration/people"
PROVIDERS, PARTIES = "/administration/providers", "/administration/parties"
PROVIDER = f"{PROVIDERS}/{{provider}}"
ADMINISTRATION: list[BaseRoute] = [
    guarded(ADMINISTRATORS, administrator_pages.administrators, name="administrators"),
    guarded(ADMINISTRATORS, administrator_pages.invite_administrator, name="invite_administrator", methods=("POST",)),
    guarded(
        f"{ADMINISTRATORS}/{{person_id}}/remove",
        administrator_pages.remove_administrator,
        name="remove_administrator",
        methods=("POST",),
    ),
    guarded(
        "/administration/invitations/{invitation_id}/revoke",
        administrator_pages.revoke_administrator,
        name="revoke_administrator",
        methods=("POST",),
    ),
    guarded(PROVIDERS, provider_pages.providers_page, name="providers"),
    guarded(f"{PROVIDERS}/new", provider_pages.profiles_page, name="provider_profiles"),
    guarded(f"{PROVIDERS}/new/{{profile}}", provider_pages.new_provider, name="new_provider"),
    guarded(f"{PROVIDERS}/new/{{profile}}", provider_pages.add_provider, name="add_provider", methods=("POST",)),
    guarded(PROVIDER, provider_pages.provider, name="provider"),
    guarded(PROVIDER, provider_pages.save_provider, name="save_provider", methods=("POST",)),
    guarded(f"{PROVIDER}/enable", provider_pages.enable_provider, name="enable_provider", methods=("POST",)),
    guarded(f"{PROVIDER}/disable", provider_pages.disable_provider, name="disable_provider", methods=("POST",)),
    guarded(f"{PROVIDER}/try", trial_pages.trial, name="try_provider"),
    guarded(f"{PROVIDER}/try", trial_pages.start_trial, name="start_trial", methods=("POST",)),
    guarded(PARTIES, provider_choice_pages.all_parties, name="all_parties"),
    guarded(
        f"{PARTIES}/{{contract_id}}/{{party_key}}",
        provider_choice_pages.choose_for_party,
        name="choose_for_party",
        methods=("POST",),
    ),
]
