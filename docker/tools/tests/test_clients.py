"""Clients that generators make of the served document compile, and give 200 with nulls and reasons, 400, 401 and 429."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from leadsquared_slots.mock_server import MockServer

from .conftest import INSTALLED, Tool, fetched

CLIENTS = Path(__file__).parents[1] / "clients"
Account = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def folder(server: MockServer) -> Iterator[Path]:
    """A folder with the served document and the clients' sources, where Node finds the installed modules."""
    made = INSTALLED / "clients"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(CLIENTS, made)
    fetched(server, "openapi.json", made / "openapi.json")
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def compiled(folder: Path, tool: Tool) -> Path:
    """The TypeScript clients, generated, type-checked in strict mode and compiled."""
    tool("openapi-typescript", "openapi.json", "--output", "generated/openapi.ts", cwd=folder)
    tool("openapi-ts", "--file", "hey_api.config.mjs", cwd=folder)
    tool("orval", "--config", "orval.config.cjs", cwd=folder)
    tool("swagger-typescript-api", "generate", "--path", "openapi.json", "--output", "generated", "--name", "swagger.ts", cwd=folder)
    tool("oazapfts", "openapi.json", "generated/oazapfts.ts", cwd=folder)
    tool("tsc", "--project", ".", cwd=folder)
    return folder / "compiled"


@pytest.mark.parametrize("client", ["openapi_fetch", "hey_api", "orval", "swagger_typescript_api", "oazapfts"])
def test_a_typescript_client_works(client: str, compiled: Path, tool: Tool, account: Account) -> None:
    """Its types are compared with hand-written ones by the compiler; orval's zod schemas judge every answer."""
    assert "as expected" in tool("node", compiled / f"{client}.js", **account(rateLimit="3/5s")).stdout


def test_zod_knows_every_type(compiled: Path) -> None:
    """Nothing became `any`, which would accept everything."""
    text = (compiled.parent / "generated" / "orval" / "zod.ts").read_text("utf-8")
    assert "zod.any()" not in text
    assert "zod.unknown()" not in text


def test_openapi_python_client_works(folder: Path, tool: Tool, account: Account) -> None:
    """Every endpoint is there, each type has a name of its own, and no warning is given."""
    done = tool("openapi-python-client", "generate", "--path", "openapi.json", "--output-path", "lsq_client", "--meta", "none", cwd=folder)
    assert "arning" not in done.stdout + done.stderr
    names = {file.stem for file in (folder / "lsq_client" / "models").glob("*.py")}
    assert not [name for name in names if "type_" in name]
    tool("python", "openapi_python_client.py", cwd=folder, **account(rateLimit="3/5s"))


def test_models_of_datamodel_code_generator_work(folder: Path, tool: Tool, account: Account) -> None:
    """Pydantic models, which validate every request and every answer."""
    words = ["--input", "openapi.json", "--input-file-type", "openapi", "--output", "lsq_models.py", "--use-annotated"]
    tool("datamodel-codegen", *words, "--output-model-type", "pydantic_v2.BaseModel", "--disable-warnings", cwd=folder)
    tool("python", "pydantic_models.py", cwd=folder, **account(rateLimit="3/5s"))


def test_the_client_of_openapi_generator_works(document: Path, folder: Path, tool: Tool, account: Account) -> None:
    """In Python, of each version of OpenAPI: no error is logged, and every answer is read into its model."""
    words = ["--input-spec", document, "--generator-name", "python", "--output", "generator"]
    assert "ERROR" not in tool("openapi-generator-cli", "generate", *words, cwd=folder).stdout
    tool("python", "openapi_generator.py", cwd=folder, **account(rateLimit="3/5s"), PYTHONPATH=str(folder / "generator"))


def test_ng_openapi_gen_overlooks_no_model(document: Path, folder: Path, tool: Tool) -> None:
    """For Angular: what a list that may be null holds is there too, and all models compile."""
    said = tool("ng-openapi-gen", "--input", document, "--output", "angular", cwd=folder).stdout
    assert "generation from" in said.lower()
    assert "Ignoring" not in said
    words = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
    tool("tsc", *words, "angular/models.ts", cwd=folder)
