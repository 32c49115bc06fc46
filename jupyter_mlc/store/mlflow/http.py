"""Asking an MLflow server: with the variables that its users have, patiently, and nobody else."""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias, TypeVar
from urllib.parse import urlencode

from jupyter_mlc.domain.errors import BadInput, MlcError, NotFound, Unavailable

_TRIES = 3
_FIRST_PAUSE = 0.5
_TIMEOUT = 60.0
_REFUSED = (401, 403)
_NOT_FOUND = 404
_UNKNOWN = (400, 405, 501)
_PASSING = (429, 500, 502, 503, 504)
"""answers that may be others in a moment"""
_SHOWN = 200
_BLOCK = 1 << 20
Query: TypeAlias = Mapping[str, str | int | Sequence[str]]
T = TypeVar("T")


class Missing(NotFound):
    """The server knows the question, and has no such thing."""


class NotUnderstood(Unavailable):
    """The server has no answer to such a question; it may be an older one."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Nobody is sent elsewhere: the password would come along."""

    def redirect_request(self, *_: object) -> None:
        return None


class Http:
    """One server.

    Parameters
    ----------
    base : str
        Its address, beginning with http or https.
    shown : str
        Its address as a person typed it.
    """

    def __init__(self, base: str, shown: str) -> None:
        self.base = base.rstrip("/")
        self.shown = shown
        self._headers = _headers(os.environ)
        secure = urllib.request.HTTPSHandler(context=_certificates(os.environ))
        self._opener = urllib.request.build_opener(_NoRedirect(), secure)

    def json(self, path: str, query: Query, body: object = None) -> Mapping[str, Any]:
        """What the server answers to a question; with a body to one that is too long for an address.

        Raises
        ------
        Missing
            Where it has no such thing.
        BadInput
            Where it is no MLflow server.
        NotUnderstood
            Where it does not know such a question.
        Unavailable
            Where it does not answer, or refuses.
        """
        return self._patiently(path, query, self._read, body)

    def download(self, path: str, file: Path) -> None:
        """Write what the server answers into a file."""

        def write(answer: IO[bytes]) -> None:
            with file.open("wb") as out:
                while block := answer.read(_BLOCK):
                    out.write(block)

        self._patiently(path, {}, write)

    def _patiently(self, path: str, query: Query, use: Callable[[Any], T], body: object = None) -> T:
        url = f"{self.base}/{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        pause = _FIRST_PAUSE
        for left in reversed(range(_TRIES)):
            try:
                request = urllib.request.Request(url, data, headers)  # noqa: S310 (http or https, see address.py)
                with self._opener.open(request, timeout=_TIMEOUT) as answer:
                    return use(answer)
            except urllib.error.HTTPError as error:
                with error:  # it is an answer, which is to be closed
                    if left == 0 or error.code not in _PASSING:
                        raise self._answered(error, path) from None
            except (OSError, http.client.HTTPException) as error:
                if left == 0:
                    raise self._silent(error) from None
            except UnicodeError:
                raise self._no_server("its address has letters that none can have") from None
            time.sleep(pause)
            pause *= 2
        raise TypeError(_TRIES)

    def _read(self, answer: Any) -> Mapping[str, Any]:
        body = answer.read()
        try:
            found = json.loads(body)
        except ValueError:
            raise self._no_server(f"it answers with {answer.headers.get_content_type()}") from None
        if not isinstance(found, dict):
            raise self._no_server(f"it answers with a {type(found).__name__}")
        return found

    def _answered(self, error: urllib.error.HTTPError, path: str) -> MlcError:
        """What an answer that is none means."""
        told = _told(error)
        code, message = str(told.get("error_code", "")), str(told.get("message", ""))[:_SHOWN]
        if error.code in _REFUSED:
            return Unavailable(
                f"{self.shown} refuses: {error.code} {error.reason}",
                hint="set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, "
                "in the environment",
            )
        if code == "RESOURCE_DOES_NOT_EXIST" or (code and error.code == _NOT_FOUND):
            return Missing(message)
        if error.headers.get("Location"):
            return self._no_server(f"it sends on to {error.headers['Location'][:_SHOWN]}")
        if not code and error.code == _NOT_FOUND:
            return self._no_server(f"it knows no {path}")
        kind = NotUnderstood if error.code in _UNKNOWN else Unavailable
        return kind(
            f"{self.shown} answered {path} with {error.code} {error.reason}" + (f": {message}" if message else ""),
            hint="look at the server's log; what came in stays, and doing it again goes on from there",
        )

    def _silent(self, error: OSError | http.client.HTTPException) -> Unavailable:
        reason = getattr(error, "reason", None) or error
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Unavailable(
            f"{self.shown} does not answer: {why}",
            hint="see that it runs and that the address is right, then do it again: it goes on where it stopped",
        )

    def _no_server(self, why: str) -> BadInput:
        return BadInput(
            f"{self.shown} is no MLflow server: {why}",
            hint="write the address of its tracking server: mlflow://HOST:PORT, or mlflow+https://HOST",
        )


def _told(error: urllib.error.HTTPError) -> Mapping[str, Any]:
    try:
        found = json.loads(error.read())
    except (ValueError, OSError, http.client.HTTPException):
        return {}
    return found if isinstance(found, dict) else {}


def _headers(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables are those of MLflow's own client; a name and password count before a token there, too."""
    headers = {"Accept": "application/json", "User-Agent": "jupyter_mlc"}
    name, password = (environment.get(f"MLFLOW_TRACKING_{word}", "") for word in ("USERNAME", "PASSWORD"))
    token = environment.get("MLFLOW_TRACKING_TOKEN", "")
    if name and password:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    own = environment.get("MLFLOW_TRACKING_SERVER_CERT_PATH", "")
    try:
        return ssl.create_default_context(cafile=own or None)
    except OSError as error:
        raise BadInput(
            f"the certificate {own} cannot be read: {error.strerror or error}",
            hint="correct MLFLOW_TRACKING_SERVER_CERT_PATH",
        ) from None
