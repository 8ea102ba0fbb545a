"""The image, run as other people's test suites run it."""

import json
import os
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from leadsquared_slots.mock_server import MockServer

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
PAGE_CALL = """curl --silent --show-error --include --request POST --header 'Content-Type: application/json' --data '
{
  "FromDate": "2018-08-25",
  "ToDate": "2018-09-25",
  "Users": ["bobdoe@gmail.com", "jackdoes@gmail.com"],
  "IncludeAllowedConflictSlots": false,
  "Paging": {"PageIndex": 1, "PageSize": 100}
}' "$BASE_URL/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress?accessKey=AccessKey&secretKey=SecretKey"
"""
LOCKED_DOWN = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "192m")


def facts(image: str) -> dict[str, Any]:
    """What `docker image inspect` says."""
    done = subprocess.run(["docker", "image", "inspect", image], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout)[0])


def inside(image: str, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """The outcome of a command in a container of the image; the first word is the entry point."""
    line = ["docker", "run", "--rm", *options, "--entrypoint", command[0], image, *command[1:]]
    return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)


def test_the_images_are_small(image: str, kit_image: str, measured: Callable[[str], None]) -> None:
    """What we add to the base: the server at most 100 MB, the kit at most 190 MB."""
    base = os.environ["BASE_IMAGE"]
    size = {name: facts(name)["Size"] / 1e6 for name in (base, image, kit_image)}
    for name, limit in ((image, 100), (kit_image, 190)):
        measured(f"{name}: {size[name]:.0f} MB, of which {size[name] - size[base]:.0f} MB are ours")
        assert size[name] - size[base] < limit


def test_the_image_says_what_it_is_and_how_to_run_it(image: str, kit_image: str) -> None:
    """Numeric user, exec form, signal, health check, labels; version and licence are those of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    config = facts(image)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["lsq-mock"]
    assert config["Cmd"] == ["serve", "--host", "0.0.0.0"]  # noqa: S104 - within the container
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"] == ["CMD", "lsq-mock", "healthcheck"]
    assert list(config["ExposedPorts"]) == ["8255/tcp"]
    assert facts(kit_image)["Config"]["Entrypoint"] == ["lsq-contract"]
    for labels in (config["Labels"], facts(kit_image)["Config"]["Labels"]):
        assert labels["org.opencontainers.image.version"] == project["version"]
        assert labels["org.opencontainers.image.licenses"] == project["license"]
        assert labels["org.opencontainers.image.title"]
        assert labels["org.opencontainers.image.description"]


@pytest.mark.parametrize("path", ["/etc/pip.conf", "/run/secrets", "/src", "/pip", "/build", "/dist", "/root/.cache"])
def test_nothing_of_the_build_stays_in_the_image(image: str, kit_image: str, path: str) -> None:
    """Neither the machine's package index and certificates, nor build tools and sources."""
    for name in (image, kit_image):
        assert inside(name, "test", "!", "-e", path, options=("--user", "0")).returncode == 0
        assert not [setting for setting in facts(name)["Config"]["Env"] if setting.startswith(("PIP_", "SSL_"))]


def test_the_server_image_is_lean_and_owns_nothing(image: str) -> None:
    """No kit and no tests in it, zones from the tzdata package, and no installed file that its user could change."""
    script = """
import importlib.util, os, pathlib, tzdata, leadsquared_slots.mock_server
assert not [name for name in ("hypothesis", "schemathesis", "pytest", "pip") if importlib.util.find_spec(name)]
home = pathlib.Path("/opt/leadsquared-slots")
ours = pathlib.Path(leadsquared_slots.mock_server.__file__).parents[1]
assert not list(ours.rglob("tests")), list(ours.rglob("tests"))
assert not [path for path in home.rglob("*") if not path.is_symlink() and os.access(path, os.W_OK)]
print(os.getuid())
"""
    done = inside(image, "python3", "-c", script)
    assert (done.returncode, done.stdout) == (0, "10001\n"), done.stderr


def test_it_is_healthy_in_a_moment_and_stops_in_a_moment(start: Any, measured: Callable[[str], None]) -> None:
    """Time from `docker run` to healthy, and of `docker stop`, which ends it with 0."""
    container = start()
    healthy = container.healthy()
    stopped, code = container.stop()
    measured(f"docker run to healthy: {healthy:.2f} s; docker stop: {stopped:.2f} s, exit code {code}")
    assert healthy < 5
    assert stopped < 5
    assert code == 0


def test_the_vendor_pages_curl_works_through_the_published_port(start: Any, measured: Callable[[str], None]) -> None:
    """The page's own request and keys, typed into a shell."""
    container = start()
    container.healthy()
    environment = {**os.environ, "BASE_URL": container.base_url}
    answer = subprocess.run(["bash", "-c", PAGE_CALL], env=environment, capture_output=True, text=True, check=True).stdout
    head, _, body = answer.partition("\n\n")
    measured(f"the vendor page's curl through the published port: {head.splitlines()[0].strip()}")
    assert head.startswith("HTTP/1.1 200")
    assert json.loads(body)["RecordCount"] == 2
    assert len(json.loads(body)["List"]) == 32


def test_the_container_answers_what_the_package_answers(start: Any, ask: Any) -> None:
    """The same seed gives the same bytes in the image, with its Python and its zones, as here."""
    container = start("--env", "LSQ_MOCK_SEED=7")
    container.healthy()
    users = [f"user{number}@example.com" for number in range(20)]
    with MockServer(seed=7) as server:
        here = ask(server.base_url, *users)
    assert ask(container.base_url, *users).data == here.data


def test_it_runs_with_nothing_to_write_and_no_capability(start: Any, ask: Any) -> None:
    """Read-only root, every capability dropped, little memory, and an identity that the image has never heard of."""
    container = start(*LOCKED_DOWN, "--user", "4242:4242")
    container.healthy()
    assert ask(container.base_url, "free@example.com").status == 200
    assert container.stop()[1] == 0


def test_a_scenario_mounted_read_only_is_served(start: Any, tmp_path: Path) -> None:
    """`--scenario` finds a file of the mount by its bare name, and the container needs no write access to the mount."""
    tmp_path.chmod(0o555)
    scenario = next(iter(sorted((ROOT / "fixtures" / "scenarios").glob("*.toml"))))
    container = start(*LOCKED_DOWN, "--volume", f"{scenario.parent}:/scenarios:ro", command=("serve", "--scenario", scenario.name))
    container.healthy()
    assert container.inspect()["State"]["Running"]


@pytest.mark.parametrize("mode", [0o000, None], ids=["unreadable", "missing"])
def test_a_scenario_that_cannot_be_read_is_refused_by_name(start: Any, tmp_path: Path, mode: int | None) -> None:
    """A wrong mount ends the container at once with a sentence, not with a traceback or with another calendar."""
    tmp_path.chmod(0o755)
    if mode is not None:
        (tmp_path / "team.toml").write_text('title = "Team"\n')
        (tmp_path / "team.toml").chmod(mode)
    container = start("--volume", f"{tmp_path}:/scenarios:ro", command=("serve", "--scenario", "team.toml"))
    deadline = time.monotonic() + 10
    while container.inspect()["State"]["Running"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert container.inspect()["State"]["ExitCode"] == 2
    assert "team.toml" in container.log()
    assert "Traceback" not in container.log()


def test_the_log_holds_no_key_of_a_request(start: Any) -> None:
    """A key that somebody sends by mistake, perhaps a live one, does not end up in a pipeline's log."""
    container = start()
    container.healthy()
    environment = {**os.environ, "BASE_URL": container.base_url}
    call = PAGE_CALL.replace("accessKey=AccessKey&secretKey=SecretKey", "accessKey=u%24rLive&secretKey=hush-hush")
    subprocess.run(["bash", "-c", call], env=environment, capture_output=True, check=True)
    assert "RetrieveAvailableSlots/ByUserEmailAddress 401" in container.log()
    assert "hush-hush" not in container.log()
    assert "rLive" not in container.log()


def test_the_server_image_says_where_the_kit_is(image: str) -> None:
    """`lsq-contract` is there, and without its dependencies tells how to get them."""
    done = inside(image, "lsq-contract", "check", "http://127.0.0.1:8255")
    assert done.returncode == 2
    assert "--target kit" in done.stderr


def test_the_kit_from_the_second_target_passes_the_emulator(start: Any, kit_image: str, measured: Callable[[str], None]) -> None:
    """Exit 0 from a container that shares the emulator's network; also with nothing to write."""
    container = start()
    container.healthy()
    options = ("--network", f"container:{container.name}", "--read-only", "--cap-drop", "ALL")
    begun = time.monotonic()
    done = inside(kit_image, "lsq-contract", "check", "http://127.0.0.1:8255", "--no-color", options=options)
    measured(f"the kit from the second target: exit {done.returncode} after {time.monotonic() - begun:.1f} s")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_kit_cannot_reach_what_is_not_there(kit_image: str) -> None:
    """Exit 3, so that a pipeline can tell a broken network from a broken contract."""
    assert inside(kit_image, "lsq-contract", "check", "http://127.0.0.1:9", options=("--network", "none")).returncode == 3
