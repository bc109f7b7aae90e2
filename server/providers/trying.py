"""Try a provider as a person would sign in, without letting anybody in: what it says, and what is wrong with it.

A trial is kept in memory, by this process, for the administrator who began it: no account and no session comes of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from auth.checkup import Step
from auth.oidc import ATTEMPT_LIFE, Attempt, Discovery, Identity, Provider, Refusal, SignInRefused, begin
from auth.sealing import Sealer
from auth.session import hashed
from server.domain.refusals import N_
from server.providers.returning import Returned

MOST_TRIALS = 100  # of everybody: administrators are few
KEPT_FOR = timedelta(minutes=30)

STEPS: dict[str, tuple[str, str]] = {  # of auth.checkup: what it is called, what to do when it is not right
    "discovery": (
        N_("Document de découverte"),
        N_("Vérifiez l’adresse : ouverte dans un navigateur, elle répond par un document JSON, sans redirection ; "
           "ce serveur doit pouvoir l’appeler."),
    ),
    "issuer": (N_("Émetteur"), N_("Écrivez-le exactement comme le fournisseur le donne, barre finale comprise.")),
    "authorization_endpoint": (
        N_("Adresse d’autorisation"), N_("Demandez au fournisseur son adresse publique en https.")),
    "token_endpoint": (N_("Adresse des jetons"), N_("Demandez au fournisseur son adresse publique en https.")),
    "jwks_uri": (N_("Adresse des clés"), N_("Demandez au fournisseur son adresse publique en https.")),
    "keys": (N_("Clés de signature"), N_("Choisissez l’algorithme pour lequel le fournisseur publie des clés.")),
    "algorithm": (
        N_("Algorithme"), N_("Choisissez-en un qu’il propose, ou faites inscrire Entente avec celui-ci.")),
    "token method": (N_("Preuve d’Entente auprès du fournisseur"), N_("Choisissez une des méthodes qu’il propose.")),
    "scopes": (N_("Données demandées (scopes)"), N_("Ne demandez que celles qu’il propose.")),
    "PKCE": (N_("Preuve du code (PKCE)"), N_("Le fournisseur doit permettre S256 (RFC 7636).")),
    "visa": (
        N_("Confirmation d’un visa"),
        N_("Nommez les niveaux acceptés pour un visa, ou faites demander une nouvelle identification."),
    ),
}  # fmt: skip
_SIGNED = N_(
    "La signature du jeton, ou son usage, n’est pas conforme : comparez l’algorithme et les clés avec ce que dit "
    "le fournisseur."
)
_MADE_FOR = N_(
    "Le jeton n’a pas été fait pour Entente : comparez l’identifiant du client et l’émetteur avec son inscription."
)
_CLOCK = N_("L’heure du jeton est fausse : vérifiez l’horloge de ce serveur et celle du fournisseur.")
_AGAIN = N_("Recommencez l’essai, dans le même navigateur et en moins de dix minutes.")
_REACH = N_("Vérifiez que ce serveur peut appeler les adresses du fournisseur, et que celui-ci n’est pas en panne.")
_KEYS = N_("Vérifiez le secret, la clé ou le certificat, et saisissez-les à nouveau.")
REMEDIES: dict[Refusal, str] = {
    Refusal.STATE: _AGAIN,
    Refusal.ATTEMPT_EXPIRED: _AGAIN,
    Refusal.ISSUER_MISMATCH: N_(
        "La réponse vient d’un autre émetteur : vérifiez l’émetteur et l’adresse de retour inscrite."
    ),
    Refusal.PROVIDER_SAID_NO: N_(
        "Le fournisseur a refusé : vérifiez l’adresse de retour, les données demandées et les paramètres auprès de lui."
    ),
    Refusal.PROVIDER_UNREACHABLE: _REACH,
    Refusal.PROVIDER_ANSWER: _REACH,
    Refusal.ADDRESS: N_("Une adresse du fournisseur n’est pas publique ou n’est pas en https : demandez-lui la bonne."),
    Refusal.DISCOVERY: N_("Le document de découverte n’est pas celui de cet émetteur : comparez les deux adresses."),
    Refusal.CODE: N_(
        "Le fournisseur n’a pas accepté notre code : vérifiez le secret, la méthode et l’adresse de retour."
    ),
    Refusal.ID_TOKEN_MISSING: N_("Aucun jeton d’identité n’est venu : vérifiez que « openid » est permis à ce client."),
    Refusal.ALGORITHM: N_("Le jeton est signé autrement : choisissez cet algorithme des deux côtés."),
    Refusal.TYPE: _SIGNED,
    Refusal.KEY: _SIGNED,
    Refusal.SIGNATURE: _SIGNED,
    Refusal.TOKEN_ISSUER: _MADE_FOR,
    Refusal.AUDIENCE: _MADE_FOR,
    Refusal.AUTHORIZED_PARTY: _MADE_FOR,
    Refusal.EXPIRED: _CLOCK,
    Refusal.ISSUED_AT: _CLOCK,
    Refusal.NONCE: N_("Le jeton répond à une autre demande : le fournisseur doit rendre le « nonce » tel quel."),
    Refusal.SUBJECT: N_("La personne n’a pas d’identifiant (sub) : demandez au fournisseur d’en donner un, stable."),
    Refusal.USERINFO: N_(
        "Les informations de la personne sont illisibles : vérifiez leur format (JSON, signé ou aucun)."
    ),
    Refusal.LEVEL: N_(
        "Le niveau demandé pour lire n’est pas atteint : changez-le ici, ou connectez-vous plus sûrement."
    ),
    Refusal.SEAL: _KEYS,
    Refusal.CONFIGURATION: _KEYS,
    Refusal.DISABLED: N_("Ouvrez le fournisseur."),
}
REMEDY_OF_ANY = _MADE_FOR


@dataclass(frozen=True)
class Outcome:
    """How a trial ended: whom the provider named, or why that could not be believed."""

    at: datetime
    identity: Identity | None = None
    reason: Refusal | None = None
    detail: str = ""

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REMEDIES.get(self.reason, REMEDY_OF_ANY) if self.reason else ""


@dataclass(frozen=True)
class _Trial:
    person_id: int
    attempt: Attempt
    browser: str


@dataclass
class Trials:
    """The trials under way and how the last ones ended."""

    _begun: dict[str, _Trial] = field(default_factory=dict)
    _ended: dict[tuple[int, str], Outcome] = field(default_factory=dict)

    def keep(self, person_id: int, attempt: Attempt, browser: str) -> None:
        """A trial has begun in that browser; old ones are forgotten."""
        old = [key for key, one in self._begun.items() if attempt.started_at - one.attempt.started_at > ATTEMPT_LIFE]
        for key in [*old, *list(self._begun)[: max(0, len(self._begun) - MOST_TRIALS)]]:
            self._begun.pop(key, None)
        self._begun[hashed(attempt.state)] = _Trial(person_id, attempt, hashed(browser))

    def is_one(self, state: str) -> bool:
        """Whether what comes back with `state` is a trial."""
        return hashed(state) in self._begun

    def take(self, state: str) -> _Trial | None:
        """The trial of `state`; it is spent."""
        return self._begun.pop(hashed(state), None)

    def end(self, trial: _Trial, outcome: Outcome) -> None:
        """Keep how it ended, for whoever began it."""
        old = [key for key, one in self._ended.items() if outcome.at - one.at > KEPT_FOR]
        for key in old:
            del self._ended[key]
        self._ended[trial.person_id, trial.attempt.provider] = outcome

    def outcome(self, person_id: int, provider: str) -> Outcome | None:
        """How this person's last trial of a provider ended."""
        return self._ended.get((person_id, provider))


def remedy_of(step: Step) -> str:
    """What to do about a step, nothing when it is right."""
    return "" if step.is_ok else STEPS[step.name][1]


async def start(
    trials: Trials, discovery: Discovery, provider: Provider, person_id: int, *,
    callback_url: str, browser: str, now: datetime,
) -> str:  # fmt: skip
    """Begin a trial; the provider's address to go to.

    Raises:
        SignInRefused: the provider cannot be reached or believed.
    """
    address, attempt = await begin(provider, callback_url=callback_url, next_path="/", now=now, discovery=discovery)
    trials.keep(person_id, attempt, browser)
    return address


async def come_back(
    trials: Trials, discovery: Discovery, provider: Provider, sealer: Sealer, answer: Mapping[str, str], *,
    callback_url: str, browser: str, now: datetime,
) -> Outcome | None:  # fmt: skip
    """Judge what the provider sent back, as a sign-in would, and keep the outcome; None: not of this browser."""
    trial = trials.take(answer.get("state", ""))
    if trial is None or trial.browser != hashed(browser):
        return None
    try:
        back = Returned(provider, trial.attempt, answer, callback_url, "", now)
        outcome = Outcome(now, identity=await back.identity(discovery, sealer))
    except SignInRefused as refused:
        outcome = Outcome(now, reason=refused.reason, detail=refused.detail)
    trials.end(trial, outcome)
    return outcome
