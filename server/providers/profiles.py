"""Ready-made ways to speak to the usual providers: what to begin a row with, what to ask them for, what to know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.refusals import N_

WELL_KNOWN = "/.well-known/openid-configuration"
PRO_SANTE_WELL_KNOWN = "/.well-known/wallet-openid-configuration"
_PROCONNECT_LEVELS = ["eidas1", "eidas1-mfa", "eidas2", "eidas3"]
_PROCONNECT_CLAIMS = {"id_token": {"acr": {"essential": True, "values": _PROCONNECT_LEVELS}, "amr": None}}


@dataclass(frozen=True)
class Profile:
    """One usual provider.

    `button` is the official wording of the sign-in page, if there is one; `issuer` an example; `row` the fields of
    `auth.provider.Provider` that differ from its own defaults; `asks` what has to be agreed with the provider;
    `notes` what surprises people.
    """

    key: str
    name: str
    button: str
    issuer: str
    row: Mapping[str, object] = field(default_factory=dict)
    discovery: str = WELL_KNOWN
    asks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def discovery_url(self, issuer: str) -> str:
        """Where an issuer of this kind publishes its metadata."""
        return issuer.rstrip("/") + self.discovery


_PERSON_CHANGES = N_(
    "Si une personne change de compte chez ce fournisseur, elle y devient une autre personne : un référent lui "
    "rattache alors sa place."
)
_FRESH = N_(
    "Pour un visa, Entente demande une nouvelle identification et en vérifie l’heure (auth_time) : le fournisseur doit "
    "la donner. Si un niveau est nommé pour le visa, il est exigé en plus."
)
PROFILES: dict[str, Profile] = {
    one.key: one
    for one in (
        Profile(
            "proconnect",
            "ProConnect",
            N_("S’identifier avec ProConnect"),
            "https://auth.agentconnect.gouv.fr/api/v2",
            {
                "algorithm": "ES256",
                "token_method": "client_secret_post",
                "scopes": ("openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id"),
                "parameters": (("claims", json.dumps(_PROCONNECT_CLAIMS, separators=(",", ":"))),),
                "userinfo": "jwt",
                "organisation_claim": "siret",
                "reading_acr": tuple(_PROCONNECT_LEVELS),
                "visa_acr": ("eidas2", "eidas3"),
                "fresh_login": "acr",
                "session_hours": 12,
            },
            asks=(
                N_("Une habilitation DataPass, avec un responsable de traitement, un délégué à la protection des "
                   "données et un responsable de la sécurité."),
                N_("La signature ES256 pour les jetons d’identité et pour les informations de la personne (userinfo)."),
                N_("Les données : given_name, usual_name, email, uid, siret, idp_id."),
            ),
            notes=(
                N_("ProConnect refuse tout paramètre qui ne lui a pas été déclaré (erreur Y000400) : Entente n’en "
                   "envoie pas d’autre que ceux de cette page."),
                N_("Pour un visa, Entente demande le niveau eidas2 : ProConnect demande alors toujours une nouvelle "
                   "identification."),
                N_("ProConnect ne prévient pas Entente quand une personne se déconnecte ailleurs."),
                _PERSON_CHANGES,
            ),
        ),
        Profile(
            "pro-sante-connect",
            N_("Pro Santé Connect (professionnels de santé)"),
            N_("S’identifier avec Pro Santé Connect"),
            "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
            {
                "algorithm": "RS256",
                "token_method": "client_secret_basic",
                "scopes": ("openid", "scope_all"),
                "parameters": (("acr_values", "eidas1"),),
                "national_claim": "SubjectNameID",
                "reading_acr": ("eidas1", "eidas2", "eidas3"),
                "visa_acr": ("eidas1", "eidas2", "eidas3"),
                "idle_minutes": 30,
                "session_hours": 4,
            },
            discovery=PRO_SANTE_WELL_KNOWN,
            asks=(
                N_("Une habilitation DataPass et le respect des exigences de l’Agence du numérique en santé (ANS)."),
                N_("La signature RS256 pour les jetons d’identité."),
                N_("La manière de demander une nouvelle identification au moment d’un visa."),
                N_("Un certificat client, si l’ANS le demande : déposez-le plus bas avec sa clé."),
            ),
            notes=(
                N_("La page d’identification est sur un autre serveur que l’émetteur : c’est normal."),
                N_("L’adresse électronique est souvent absente ; le numéro national (SubjectNameID) est gardé à part."),
                N_("Une connexion dure 4 heures au plus, et 30 minutes sans activité."),
            ),
        ),
        Profile(
            "keycloak",
            "Keycloak",
            "",
            "https://connexion.exemple.fr/realms/entente",
            {"algorithm": "RS256", "logout": ("redirect", "back-channel")},
            asks=(
                N_("Un client confidentiel, avec le « Standard flow » seul."),
                N_("L’adresse de déconnexion directe (Backchannel logout URL), avec l’option « session required »."),
                N_("Si un second facteur est exigé : les niveaux d’authentification et leurs noms (acr)."),
            ),
            notes=(
                N_("L’adresse électronique peut ne pas avoir été vérifiée : Entente ne s’y fie pas."),
                _FRESH,
                _PERSON_CHANGES,
            ),
        ),
        Profile(
            "entra",
            "Microsoft Entra",
            "",
            "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0",
            {
                "algorithm": "RS256",
                "token_method": "client_secret_post",
                "userinfo": "none",
                "logout": ("redirect", "front-channel"),
            },
            asks=(
                N_("Une inscription d’application de type Web, pour ce seul locataire (tenant)."),
                N_("Le consentement de l’administrateur du locataire."),
                N_("La donnée facultative (optional claim) « auth_time » dans le jeton d’identité, pour les visas."),
                N_("Si un second facteur est exigé : un contexte d’authentification (c1, c2 ou c3), lu dans « acrs »."),
            ),
            notes=(
                N_("L’émetteur porte l’identifiant du locataire, jamais « common » ni « organizations »."),
                N_("L’adresse électronique peut être modifiée par la personne : Entente ne s’y fie pas."),
                N_("Le secret expire : notez sa date de fin et remplacez-le avant."),
                _FRESH,
            ),
        ),
        Profile(
            "lemonldap",
            "LemonLDAP::NG",
            "",
            "https://auth.exemple.fr",
            {"algorithm": "RS256"},
            asks=(
                N_("Un service (Relying Party) confidentiel, avec la signature RS256 pour les jetons d’identité."),
                N_("Ce que vaut « sub » : un identifiant de connexion ne doit jamais servir ensuite à une autre "
                   "personne."),
                N_("Les noms des niveaux d’authentification (acr), s’il y en a."),
            ),
            notes=(
                N_("Ce portail propose aussi « none » et HS256 : Entente n’accepte que l’algorithme choisi ici."),
                _FRESH,
                N_("Juste après une connexion, il ne redemande pas le mot de passe : un visa peut demander "
                   "d’attendre un peu."),
            ),
        ),
        Profile(
            "other",
            N_("Autre fournisseur"),
            "",
            "https://connexion.exemple.fr",
            asks=(N_("Un client confidentiel OpenID Connect : code d’autorisation, PKCE S256."),),
            notes=(_FRESH, _PERSON_CHANGES),
        ),
    )
}  # fmt: skip


def profile_of(key: str) -> Profile:
    """The profile of that key; a key of another version is « other »."""
    return PROFILES.get(key, PROFILES["other"])
