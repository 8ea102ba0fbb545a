"""The peers, each told in its own way to answer the endpoint, and told to keep no log of requests."""

import json
import os
import pwd
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from .contenders import EMULATOR, PEERS, UNLIMITED, Contender, Serves, Stub
from .load import TARGET
from .size import Size

_MODULES = PEERS / "node_modules"
_WIREMOCK = _MODULES / "wiremock" / "build" / "wiremock-standalone-3.13.2.jar"
_PRISM = _MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"
_MOCKOON = _MODULES / "@mockoon" / "cli" / "bin" / "run.js"
_PYTHON = PEERS / "venv" / "bin" / "python"
_GRANIAN = PEERS / "venv" / "bin" / "granian"
_JSON = {"Content-Type": "application/json"}
_ADDRESS = "ADDRESS"
_DATE = "DATE"


def _entry() -> str:
    """One user's day of a template, with ADDRESS in place of the address."""
    return orjson.dumps(
        {
            "UserId": "477aec30-bfee-11e8-a43f-02742c1c8abe",
            "EmailAddress": _ADDRESS,
            "UserTimeZone": "Asia/Kolkata",
            "AvailableSlots": [{"StartTime": "09:00:00", "EndTime": "11:30:00"}, {"StartTime": "12:00:00", "EndTime": "18:00:00"}],
            "Breaks": [{"StartTime": "13:00:00", "EndTime": "13:30:00"}],
            "BusySlots": [{"StartTime": f"{_DATE} 06:00:00", "EndTime": f"{_DATE} 06:30:00"}],
            "WorkDayTemplateTimeZone": "Asia/Kolkata",
            "NoSlotsReason": None,
        }
    ).decode()


def _wiremock(stub: Stub, *, templated: bool) -> list[str]:
    mappings, files = stub.folder / "mappings", stub.folder / "__files"
    mappings.mkdir()
    files.mkdir()
    (files / "answer.json").write_bytes(_handlebars_of_wiremock(stub.size).encode() if templated else stub.answer)
    response: dict[str, Any] = {"status": 200, "headers": _JSON, "bodyFileName": "answer.json"}
    if templated:
        response["transformers"] = ["response-template"]
    mapping = {"request": {"method": "POST", "urlPath": TARGET}, "response": response}
    (mappings / "endpoint.json").write_text(json.dumps(mapping))
    # Its journal keeps everything unless it is told how much; ours keeps 1,000 exchanges.
    return [
        "java", "-jar", str(_WIREMOCK), f"--port={stub.port}", f"--root-dir={stub.folder}", "--disable-banner",
        "--max-request-journal-entries=1000",
    ]  # fmt: skip


def _handlebars_of_wiremock(size: Size) -> str:
    # Days are written out and users repeated; a date that is computed for each user and day costs WireMock several times more.
    entry = _entry().replace(_ADDRESS, "{{this}}")
    days = ",".join(
        '{"Date":"%s","UserSlots":[{{#each users}}%s{{#unless @last}},{{/unless}}{{/each}}]}' % (day, entry.replace(_DATE, day))  # noqa: UP031
        for day in map(str, size.dates)
    )
    return "{{val (jsonPath request.body '$.Users') assign='users'}}" + f'{{"RecordCount":{size.users},"List":[{days}]}}'


def _mockoon(stub: Stub, *, templated: bool) -> list[str]:
    environment = _mockoon_environment(stub, _handlebars_of_mockoon(stub.size) if templated else stub.answer.decode(), templated)
    file = stub.folder / "environment.json"
    file.write_text(json.dumps(environment))
    return ["node", str(_MOCKOON), "start", f"--data={file}", f"--port={stub.port}", "--disable-log-to-file", "--disable-admin-api"]


def _handlebars_of_mockoon(size: Size) -> str:
    entry = _entry().replace(_ADDRESS, "{{this}}")
    days = ",".join(
        '{"Date":"%s","UserSlots":[{{#each (bodyRaw \'Users\')}}%s{{#unless @last}},{{/unless}}{{/each}}]}'  # noqa: UP031
        % (day, entry.replace(_DATE, day))
        for day in map(str, size.dates)
    )
    return f'{{"RecordCount":{size.users},"List":[{days}]}}'


def _mockoon_environment(stub: Stub, body: str, templated: bool) -> dict[str, Any]:
    response = {
        "uuid": "e5fd5d5e-0000-4000-8000-000000000003",
        "body": body,
        "bodyType": "INLINE",
        "latency": 0,
        "statusCode": 200,
        "label": "",
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "filePath": "",
        "sendFileAsBody": False,
        "databucketID": "",
        "rules": [],
        "rulesOperator": "OR",
        "disableTemplating": not templated,
        "fallbackTo404": False,
        "default": True,
        "crudKey": "id",
        "callbacks": [],
    }
    route = {
        "uuid": "e5fd5d5e-0000-4000-8000-000000000002",
        "type": "http",
        "documentation": "",
        "method": "post",
        "endpoint": TARGET.removeprefix("/"),
        "responses": [response],
        "responseMode": None,
        "streamingMode": None,
        "streamingInterval": 0,
    }
    return {
        "uuid": "e5fd5d5e-0000-4000-8000-000000000001",
        "lastMigration": 33,
        "name": "benchmark",
        "endpointPrefix": "",
        "latency": 0,
        "port": stub.port,
        "hostname": "127.0.0.1",
        "folders": [],
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        "proxyMode": False,
        "proxyHost": "",
        "proxyRemovePrefix": False,
        "tlsOptions": {"enabled": False, "type": "CERT", "pfxPath": "", "certPath": "", "keyPath": "", "caPath": "", "passphrase": ""},
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [],
        "callbacks": [],
    }


def _prism(stub: Stub, *, generated: bool) -> list[str]:
    media: dict[str, Any] = {"schema": _answer_schema(stub.size)}
    if not generated:
        media["example"] = orjson.loads(stub.answer)
    request = {
        "type": "object",
        "required": ["FromDate", "ToDate", "Users"],
        "properties": {
            "FromDate": {"type": "string", "format": "date"},
            "ToDate": {"type": "string", "format": "date"},
            "Users": {"type": "array", "items": {"type": "string"}},
            "IncludeAllowedConflictSlots": {"type": "boolean"},
        },
    }
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
        "responses": {"200": {"description": "The answer", "content": {"application/json": media}}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "benchmark", "version": "1"}, "paths": {TARGET: {"post": operation}}}
    file = stub.folder / "openapi.json"
    file.write_text(json.dumps(document))
    command = ["node", str(_PRISM), "mock", str(file), f"--port={stub.port}", "--verboseLevel=silent"]
    return [*command, "--dynamic"] if generated else command


def _answer_schema(size: Size) -> dict[str, Any]:
    """Of as many dates and users as are asked for: a schema cannot say that they are those of the request."""
    text = {"type": "string"}
    times = _list_of({"StartTime": text, "EndTime": text}, None)
    user = dict.fromkeys(("UserId", "EmailAddress", "UserTimeZone", "WorkDayTemplateTimeZone", "NoSlotsReason"), text)
    nullable = {name: {"type": ["string", "null"]} for name in ("WorkDayTemplateTimeZone", "NoSlotsReason")}
    lists = {"AvailableSlots": times | {"type": ["array", "null"]}, "Breaks": times | {"type": ["array", "null"]}, "BusySlots": times}
    users = _list_of(user | nullable | lists, size.users)
    return _object({"RecordCount": {"type": "integer"}, "List": _list_of({"Date": text, "UserSlots": users}, size.days)})


def _list_of(properties: dict[str, Any], count: int | None) -> dict[str, Any]:
    bounds = {"minItems": 1, "maxItems": 2} if count is None else {"minItems": count, "maxItems": count}
    return {"type": "array", "items": _object(properties)} | bounds


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _nginx(stub: Stub) -> list[str]:
    (stub.folder / "answer.json").write_bytes(stub.answer)
    # A file is not for POST; the refusal's page is the file, with 200.
    (stub.folder / "nginx.conf").write_text(
        f"""daemon off; worker_processes 1; pid {stub.folder}/nginx.pid; error_log stderr; user {pwd.getpwuid(os.getuid()).pw_name};
events {{ worker_connections 512; }}
http {{
  access_log off; default_type application/json; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=9;
  client_body_temp_path {stub.folder}; proxy_temp_path {stub.folder}; fastcgi_temp_path {stub.folder}; uwsgi_temp_path {stub.folder};
  scgi_temp_path {stub.folder};
  server {{
    listen 127.0.0.1:{stub.port}; root {stub.folder};
    location = /answer.json {{ }}
    location / {{ error_page 405 =200 /answer.json; return 405; }}
  }}
}}
"""
    )
    return ["nginx", "-c", str(stub.folder / "nginx.conf"), "-e", "stderr"]


def _flask(stub: Stub) -> list[str]:
    source = Path(__file__).with_name("naive_app.py")
    return [str(_PYTHON), str(source), str(stub.port)]


def _granian(stub: Stub) -> list[str]:
    (stub.folder / "answer.json").write_bytes(stub.answer)
    source = Path(__file__).with_name("constant_app.py")
    (stub.folder / source.name).write_text(source.read_text())
    return [
        str(_GRANIAN), "--interface=wsgi", "--workers=1", "--blocking-threads=1", "--no-ws", "--no-access-log",
        f"--port={stub.port}", f"{source.stem}:app",
    ]  # fmt: skip


def contenders() -> Iterator[Contender]:
    """The emulator, and everybody whom it may be compared with, installed or not."""
    yield EMULATOR
    yield UNLIMITED
    for product, key, command, needs, warm_up in _PRODUCTS:
        for way, serves, flag in (("static", Serves.BYTES, False), (*_WAY[key], True)):
            option = {"generated" if key == "prism" else "templated": flag}
            start: Callable[[Stub], list[str]] = partial(command, **option)
            yield Contender(key=f"{key}-{way}", title=f"{product}, {way}", serves=serves, command=start, needs=needs, warm_up=warm_up)
    yield Contender(key="flask", title="naive Flask on waitress", serves=Serves.TEMPLATE, command=_flask, needs=(_PYTHON,), context=True)
    yield Contender(key="granian", title="bare WSGI on granian", serves=Serves.BYTES, command=_granian, needs=(_GRANIAN,), context=True)
    yield Contender(key="nginx", title="nginx, a file", serves=Serves.BYTES, command=_nginx, needs=("nginx",), context=True)


_WAY = {
    "wiremock": ("templated", Serves.TEMPLATE),
    "mockoon": ("templated", Serves.TEMPLATE),
    "prism": ("generated", Serves.RANDOM),
}
_PRODUCTS: tuple[tuple[str, str, Callable[..., list[str]], tuple[Path | str, ...], float], ...] = (
    ("WireMock", "wiremock", _wiremock, ("java", _WIREMOCK), 30.0),
    ("Prism", "prism", _prism, ("node", _PRISM), 1.0),
    ("Mockoon", "mockoon", _mockoon, ("node", _MOCKOON), 1.0),
)
