"""The routes of signing in and out, and of one's own sessions, as `server.app` lists the others."""

from starlette.routing import BaseRoute

from server.sessions import account_pages, invitation_pages, left_pages, sign_in_pages
from server.web.doors import guarded

THERE = "/sign-in/{provider}"
SIGNING_IN: list[BaseRoute] = [
    guarded("/sign-in", sign_in_pages.sign_in, name="sign_in"),
    guarded(THERE, sign_in_pages.sign_in_start, name="sign_in_start", methods=("POST",)),
    guarded(f"{THERE}/callback", sign_in_pages.sign_in_callback, name="sign_in_callback"),
    guarded(f"{THERE}/back-channel-logout", left_pages.back_channel, name="back_channel_logout", methods=("POST",)),
    guarded(f"{THERE}/front-channel-logout", left_pages.front_channel, name="front_channel_logout", is_gesture=False),
    guarded("/sign-out", sign_in_pages.sign_out, name="sign_out", methods=("POST",)),
    guarded("/signed-out", sign_in_pages.signed_out, name="signed_out"),
    guarded("/invitations/{token}", invitation_pages.invitation, name="invitation"),
    guarded("/invitations/{token}", invitation_pages.accept_invitation, name="accept_invitation", methods=("POST",)),
    guarded("/seen", sign_in_pages.seen, name="seen", methods=("POST",)),
    guarded("/account/sessions", account_pages.own, name="own_sessions"),
    guarded("/account/sessions/end", account_pages.end, name="end_sessions", methods=("POST",)),
]
