"""The scenarios that come with the product: each is valid, named well, and shows what its first lines say."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from leadsquared_slots.mock_server import Scenario, Settings, create_app
from leadsquared_slots.mock_server.contract.documents import SCHEMAS, scenario_files
from leadsquared_slots.mock_server.contract.validation import problems

pytestmark = pytest.mark.wheel

ENDPOINT = "/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress"
KEYS = {"x-LSQ-AccessKey": "AccessKey", "x-LSQ-SecretKey": "SecretKey"}
FILES = list(scenario_files().values())

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def comment_of(file: Path) -> list[str]:
    """The lines of the notebook page at the top of a file."""
    lines = file.read_text("utf-8").splitlines()
    return [line.removeprefix("#").strip() for line in lines[1:] if line.startswith("#")]


def test_at_least_fourteen_scenarios_are_shipped() -> None:
    """A tester finds the usual cases ready."""
    assert len(FILES) >= 14


@each_file
def test_a_scenario_validates_and_loads(file: Path) -> None:
    """No shipped file breaks the schema or what is beyond it."""
    scenario = Scenario.load(file.stem)
    assert not problems("scenario", scenario.document)
    assert scenario.name == file.stem


@each_file
def test_a_scenario_says_what_to_ask_and_what_one_will_see(file: Path) -> None:
    """Each file is a page of a notebook, and names the schema for editors."""
    comment = comment_of(file)
    assert any(line.startswith("Ask ") for line in comment)
    assert any("See " in line for line in comment)
    assert file.read_text("utf-8").startswith("#:schema ../../schemas/bundled/scenario.schema.json\n#\n")


def test_every_title_is_a_line_of_its_own() -> None:
    """`lsq-mock scenarios` prints one line each."""
    titles = [tomllib.loads(file.read_text("utf-8"))["title"] for file in FILES]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 80 and not title.endswith(".") for title in titles)


@each_file
def test_every_user_that_a_scenario_talks_about_is_one_of_it(file: Path) -> None:
    """The notes do not send a tester to somebody who does not exist."""
    document = Scenario.load(file.stem).document
    if document.get("directory", "closed") == "closed":
        known = {user["email"] for user in document["user"]}
        assert set(re.findall(r"[\w.'-]+@[\w-]+\.(?:example|in|com)", " ".join(comment_of(file)))) <= known


def test_the_vendors_sample_is_reproduced_member_for_member() -> None:
    """The page's answer, in the page's order of members."""
    sample = json.loads((SCHEMAS / "examples" / "answer-vendor-sample.json").read_text("utf-8"))["value"]
    users = [user["EmailAddress"] for user in sample["List"][0]["UserSlots"]]
    request = json.loads((SCHEMAS / "examples" / "request-vendor-request.json").read_text("utf-8"))["value"]
    request |= {"FromDate": "2018-09-25", "ToDate": "2018-09-25", "Users": users}
    client = create_app(Settings(scenario=Scenario.load("vendor-sample"))).test_client()
    response = client.post(ENDPOINT, json=request, headers=KEYS)
    assert response.get_data(as_text=True) == json.dumps(sample, separators=(",", ":"))


def test_the_users_of_many_users_are_those_that_its_comment_makes() -> None:
    """The file was made by the recipe that stands in it."""
    text = scenario_files()["many-users"].read_text("utf-8")
    assert text.count("for n in range(1, 261)") == 1  # the recipe
    templates = (None, "Early", "Late")
    made = [(f"user-{n:03}@many.example", templates[n % 3]) for n in range(1, 261)]
    assert [(user["email"], user.get("template")) for user in tomllib.loads(text)["user"]] == made
