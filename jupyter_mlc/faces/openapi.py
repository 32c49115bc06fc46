"""The routes of all verbs as an OpenAPI document, written from the verbs themselves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from jupyter_mlc import __version__
from jupyter_mlc.faces.called import Begun, Called
from jupyter_mlc.faces.encoding import BLOB
from jupyter_mlc.faces.server.registries import Known
from jupyter_mlc.faces.wire import CALL, PREFIX, routes
from jupyter_mlc.verbs.base import VERBS, Runs, Verb

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
_BYTES = "application/octet-stream"
_DIGEST = {"name": "digest", "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{BLOB}$"}}
_CALL = {"name": "call", "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{CALL}$"}}
_REGISTRY = {
    "name": "registry",
    "in": "query",
    "description": "the UUID of a registry that a kernel of this server uses; by default the server's own",
    "schema": {"type": "string"},
}
_TOKEN = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`token TOKEN`, with the token of the Jupyter server",
}
_REFUSED = {
    "type": "object",
    "required": ["code", "message", "hint"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": "string", "description": "the next step"},
        "token": {"type": "string", "description": "to send again as `confirm`, where a person says yes"},
    },
}
_NUMBER = {
    "type": "object",
    "description": "a number that JSON cannot carry: `nan`, `inf`, `-inf`, or a large whole one",
    "required": ["$number"],
    "properties": {"$number": {"type": "string"}},
    "additionalProperties": False,
}
_WHY = {
    "400": "a field is wrong, and named",
    "403": "the person may not do this",
    "404": "there is no such thing",
    "405": "the route takes other methods",
    "409": "something stands against it; with a token: a person has to say yes first",
    "410": "the bytes are gone or damaged",
    "503": "something that is needed cannot be reached",
}


def openapi(verbs: Mapping[str, Verb] = VERBS) -> dict[str, Any]:
    """The document, as plain data."""
    paths = routes(verbs)
    refs, schemas = _schemas(paths.values())
    described: dict[str, Any] = {path: {"post": _operation(verb, refs)} for path, verb in paths.items()}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_mlc", "version": __version__, "description": "The model registry, a route a verb."},
        "paths": {**described, **_blobs(), **_calls(), **_looked_at()},
        "components": {
            "schemas": {**schemas, **_of_others(), "Refused": _REFUSED, "Number": _NUMBER},
            "securitySchemes": {"token": _TOKEN},
        },
        "security": [{"token": []}],
    }
    plain: dict[str, Any] = json.loads(msgspec.json.encode(document))  # without tuples
    return plain


def _schemas(verbs: Iterable[Verb]) -> tuple[dict[type, Any], dict[str, Any]]:
    kinds = list(dict.fromkeys(kind for verb in verbs for kind in (verb.ask, verb.reply)))
    found, schemas = msgspec.json.schema_components(kinds, schema_hook=_anything, ref_template=_REF)
    by_name = {_name(ref): kind for kind, ref in zip(kinds, found, strict=True)}
    for verb in verbs:
        name = next(name for name, kind in by_name.items() if kind is verb.ask)
        schemas[name]["additionalProperties"] = False
        for argument in verb.arguments():
            schemas[name]["properties"][argument.name]["description"] = argument.described.description
    return dict(zip(kinds, found, strict=True)), _with_numbers(schemas)


def _with_numbers(schema: Any) -> Any:
    """The same, where a number may be one that JSON cannot carry."""
    if isinstance(schema, list | tuple):
        return [_with_numbers(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        told = {key: schema[key] for key in ("description", "default") if key in schema}
        bare = {key: value for key, value in schema.items() if key not in told}
        return {"anyOf": [bare, {"$ref": _REF.format(name="Number")}], **told}
    return {key: _with_numbers(value) for key, value in schema.items()}


def _anything(kind: type) -> dict[str, Any]:
    """What says of itself only that it is an object may be any value."""
    if kind is object:
        return {"description": "any value"}
    raise NotImplementedError


def _name(ref: Mapping[str, str]) -> str:
    return ref["$ref"].rpartition("/")[2]


def _operation(verb: Verb, refs: Mapping[type, Any]) -> dict[str, Any]:
    answers = {"200": _answer("the reply", refs[verb.reply])}
    if verb.runs is not Runs.RECORD:
        begun = "begun by a process of its own: ask `calls/<call>` how far it is; a rehearsal is answered at once"
        answers["202"] = _answer(begun, {"$ref": _REF.format(name="Begun")})
    return {
        "operationId": verb.python_name,
        "summary": verb.summary,
        "description": verb.details,
        "tags": [verb.group or "models"],
        "parameters": [_REGISTRY],
        "requestBody": {"content": {_JSON: {"schema": refs[verb.ask]}}},
        "responses": {**answers, **_refusals()},
    }


def _refusals() -> dict[str, Any]:
    return {status: _answer(why, {"$ref": "#/components/schemas/Refused"}) for status, why in _WHY.items()}


def _answer(what: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {_JSON: {"schema": schema}}}


def _blobs() -> dict[str, Any]:
    """Bytes, by their digest."""
    bytes_ = {"content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}}
    given: dict[str, Any] = {"parameters": [_DIGEST, _REGISTRY]}
    kept, stored = {"200": {"description": "they", **bytes_}}, {"200": _answer("stored", {"type": "object"})}
    get = {"summary": "The bytes with this digest.", **given, "responses": {**kept, **_refusals()}}
    put = {"summary": "Store bytes.", **given, "requestBody": bytes_, "responses": {**stored, **_refusals()}}
    return {f"{PREFIX}blobs/{{digest}}": {"get": get, "put": put}}


def _calls() -> dict[str, Any]:
    """What is carried out elsewhere, by the id of the call."""
    told = {"200": _answer("how far it is, or how it ended", {"$ref": _REF.format(name="Called")})}
    given: dict[str, Any] = {"parameters": [_CALL], "responses": {**told, **_refusals()}}
    get = {"summary": "How far a call is, or how it ended; for some minutes after its end.", **given}
    delete = {"summary": "End a call as Ctrl-C would; the second time at once.", **given}
    return {f"{PREFIX}calls/{{call}}": {"get": get, "delete": delete}}


def _looked_at() -> dict[str, Any]:
    """What has no verb: the registries, and this document."""
    known = {"type": "array", "items": {"$ref": _REF.format(name="Known")}}
    described = {
        "registries": ("The server's own registry, and those that its kernels use.", _answer("they", known)),
        "openapi.json": ("All routes, described.", _answer("this document", {"type": "object"})),
    }
    return {
        PREFIX + path: {"get": {"summary": summary, "responses": {"200": answer, **_refusals()}}}
        for path, (summary, answer) in described.items()
    }


def _of_others() -> dict[str, Any]:
    """What is told of calls and registries."""
    _, schemas = msgspec.json.schema_components([Begun, Called, Known], schema_hook=_anything, ref_template=_REF)
    return schemas
