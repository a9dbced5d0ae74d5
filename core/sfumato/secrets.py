"""The hub token, kept in the operating system's vault and nowhere else.

Only vaults that keep secrets encrypted are used, found by their class; which backend `keyring` would choose by its own
configuration does not matter, because that may be one that writes plain text. Without a vault the token lives in this
object for this run. A vault that is locked may ask the person; one that does not answer is given up.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable
from typing import Any

from sfumato.errors import SfumatoError, caught

log = logging.getLogger(__name__)
SERVICE = "Sfumato"
ACCOUNT = "model hub token"
# A locked vault opens a dialog of the system: time enough to type a password.
ANSWER_S = 60.0
# Modules of `keyring` and the class in each that keeps secrets encrypted, in the order they are tried.
_VAULTS = (
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
NO_VAULT = "This system has no password vault that answers, so the token is forgotten when Sfumato is closed."


class NoVault(Exception):
    """There is no vault, or it does not let us in; the text says why, for the log."""


class Secrets:
    """The token of the hub. Safe between threads; every call may wait up to `answer_s` seconds for a vault."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        self._answer_s = answer_s
        self._this_run: str | None = None

    def token(self) -> str | None:
        """The token, or None if none is known or the vault does not give it."""
        if self._this_run is None:
            try:
                self._this_run = self._ask(lambda vault: vault.get_password(SERVICE, ACCOUNT)) or None
            except NoVault as reason:
                log.info("no token from a vault: %s", reason)
        return self._this_run

    def keep(self, token: str) -> str:
        """Keep a token. Returns what a person should know: empty, or that it lives for this run only.

        Raises:
            SfumatoError: if it cannot be a token.
        """
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token or len(token) > 1000:
            raise SfumatoError("That is not a token.", "Copy it from your account's page on the hub.")
        self._this_run = token
        try:
            self._ask(lambda vault: vault.set_password(SERVICE, ACCOUNT, token))
        except NoVault as reason:
            log.info("the token is not kept: %s", reason)
            return NO_VAULT
        return ""

    def forget(self) -> None:
        """Take the token out of the vault and out of this run. Raises SfumatoError if the vault keeps it."""
        self._this_run = None
        try:
            if self._ask(lambda vault: vault.get_password(SERVICE, ACCOUNT)):
                self._ask(lambda vault: vault.delete_password(SERVICE, ACCOUNT))
        except NoVault as reason:
            raise SfumatoError(
                "The password vault does not answer, so a token may still be in it.",
                "Remove the entry “Sfumato” with the system's password manager.",
                str(reason),
            ) from reason

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        """Ask in a thread that can be left behind: a vault may wait for ever for somebody."""
        answer: list[Any] = []

        def ask() -> None:
            answer.append(caught(lambda: question(_find_vault())))

        thread = threading.Thread(target=ask, name="vault", daemon=True)
        thread.start()
        thread.join(self._answer_s)
        if not answer:
            raise NoVault(f"no answer within {self._answer_s:.0f} s")
        if isinstance(answer[0], Exception):  # its text is not logged: it could quote what it was given
            raise NoVault(type(answer[0]).__name__)
        return answer[0]


def _find_vault() -> Any:
    """The first vault of this system. Raises NoVault if there is none."""
    for module, name in _VAULTS:
        vault = getattr(importlib.import_module(module), name)
        if vault.viable:
            return vault()
    raise NoVault("no vault")
