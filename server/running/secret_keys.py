"""Which keys seal what the database keeps of secrets: from the settings or a file, in production none that is known."""

from pathlib import Path

from auth.sealing import DEMO_KEY, Sealer, why_unfit
from server.settings import PREFIX, Settings, SettingsRefused

ASK = "make one with `entente secret-key`, and keep it apart from the backups: docs/howto/secrets.md"


def sealer(settings: Settings) -> Sealer:
    """The seal of this server; in development, when no key is given, with one that everybody knows.

    Raises:
        SettingsRefused: there is no key, or one that is none or can be guessed.
    """
    keys = _keys(settings)
    if not keys and settings.development:
        return Sealer([DEMO_KEY])
    problems = [
        f"{PREFIX}SECRET_KEYS: key {n} {why}; {ASK}" for n, key in enumerate(keys, 1) if (why := why_unfit(key))
    ]
    if not keys:
        problems = [f"{PREFIX}SECRET_KEYS and {PREFIX}SECRET_KEYS_FILE are empty; {ASK}"]
    if problems:
        raise SettingsRefused(problems)
    return Sealer(keys)


def _keys(settings: Settings) -> list[str]:
    written = settings.secret_keys
    if settings.secret_keys_file:
        try:
            written += "," + Path(settings.secret_keys_file).read_text(encoding="utf-8")
        except (OSError, ValueError) as failed:
            says = f"{PREFIX}SECRET_KEYS_FILE={settings.secret_keys_file!r} cannot be read ({type(failed).__name__})"
            raise SettingsRefused([f"{says}; {ASK}"]) from failed
    return written.replace(",", " ").split()
