"""Every error the tool raises, and the exit code each one ends with.

The tree answers one question first: may money have moved?

    ShiplabelError                  exit 1   nothing was bought
      InputError                    exit 2   refused before anything was sent
      SettingsError                 exit 4   key, settings or data folder
      StorageError                  exit 1   the disk said no
        HeldError                   exit 1   another terminal holds the session
      ApiError                      exit 1
        NotSent                     money: no      the request never left
        Refused                     money: no      the service said no
          Unauthorized              exit 4         the key was refused
          RateLimited               money: no      too many requests, try later
        NoAnswer                    money: maybe   sent, and no certain answer came
      OutcomeUnknown                exit 5   a purchase without a certain answer
      Interrupted                   exit 130 the clerk left; all is saved
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    INPUT = 2
    PARTLY = 3
    SETTINGS = 4
    UNKNOWN = 5
    BUG = 70
    INTERRUPTED = 130


class ShiplabelError(Exception):
    """Something went wrong that the clerk can be told in a sentence.

    ``code`` is one word for scripts, ``hint`` the next command to type. ``nothing_bought`` is true where
    a purchase was tried and that it bought nothing is certain, and has to be said.
    """

    exit_code = Exit.FAILED
    may_have_charged = False
    nothing_bought = False
    default_code = "failed"

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint


class InputError(ShiplabelError):
    """An answer, an option or a file is not usable; nothing was sent.

    ``field`` names the step or option that is wrong, where one is.
    """

    exit_code = Exit.INPUT
    default_code = "input"

    def __init__(self, message: str, *, field: str = "", code: str = "", hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.field = field


class SettingsError(ShiplabelError):
    """The key, a setting or the data folder cannot be used."""

    exit_code = Exit.SETTINGS
    default_code = "settings"


class StorageError(ShiplabelError):
    """The disk refused a read or a write; the old content stands."""

    default_code = "storage"


class HeldError(StorageError):
    """Another terminal holds this session."""

    default_code = "held"


class ApiError(ShiplabelError):
    """The service or the way to it failed.

    ``status`` is the HTTP status (0 without an answer), ``field_name`` the
    service's name of the refused field, ``retry_after_s`` the seconds it asks to wait.
    """

    default_code = "api"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        status: int = 0,
        request_id: str | None = None,
        field_name: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.status = status
        self.request_id = request_id
        self.field_name = field_name
        self.retry_after_s = retry_after_s

    @property
    def conflict(self) -> bool:
        """Whether the service says that our own key is taken by another shipment."""
        return self.code in {"identifier_conflict", "field_conflict"} or (self.field_name or "").endswith(
            "external_shipment_id"
        )


class NotSent(ApiError):
    """The request never reached the service: no name, no connection, no TLS."""

    default_code = "not_sent"


class Refused(ApiError):
    """The service answered no; nothing was bought."""

    default_code = "refused"


class Unauthorized(Refused):
    """The key was refused (401) or may not do this (403)."""

    exit_code = Exit.SETTINGS
    default_code = "unauthorized"


class RateLimited(Refused):
    """Too many requests (429); the same request may be sent again later."""

    default_code = "rate_limit_exceeded"


class NoAnswer(ApiError):
    """The request was sent and no certain answer came back."""

    may_have_charged = True
    default_code = "no_answer"


class OutcomeUnknown(ShiplabelError):
    """A purchase was sent and nobody knows yet whether it was bought."""

    exit_code = Exit.UNKNOWN
    may_have_charged = True
    default_code = "unknown"


class Interrupted(ShiplabelError):
    """The clerk left; every answer is saved."""

    exit_code = Exit.INTERRUPTED
    default_code = "interrupted"
