"""The emulator's image for Testcontainers: needs the optional group `testcontainers` and a Docker engine.

::

    with LeadSquaredSlotsContainer(seed=7) as slots:
        application = MyApplication(slots.base_url, slots.access_key, slots.secret_key)
"""

from __future__ import annotations

from pathlib import Path

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

PORT = 8255


class LeadSquaredSlotsContainer(DockerContainer):
    """A running emulator that nobody else uses: entered when it answers, removed when left.

    image: the image's name; build it with `make image`.
    seed: chooses the generated calendars, as in `lsq-mock serve --seed`.
    scenario: a built-in scenario's name, or a scenario file, which is mounted read-only.
    profile: a built-in profile's name.
    access_key, secret_key: the account that the emulator accepts.
    settings: every other option of `lsq-mock serve`, its name with underscores: `rate_limit="10/5s"`.

    Raises `TimeoutError` with the container's log when the emulator does not answer within ten seconds.
    """

    def __init__(
        self,
        image: str = "leadsquared-slots",
        *,
        seed: int = 0,
        scenario: str | Path | None = None,
        profile: str | None = None,
        access_key: str = "AccessKey",
        secret_key: str = "SecretKey",  # noqa: S107 - the made-up key of the vendor's page
        **settings: str,
    ) -> None:
        super().__init__(image)
        self.access_key = access_key
        self.secret_key = secret_key
        self.with_envs(LSQ_ACCESS_KEY=access_key, LSQ_SECRET_KEY=secret_key, LSQ_MOCK_SEED=str(seed))
        if isinstance(scenario, Path):
            self.with_volume_mapping(scenario.absolute(), f"/scenarios/{scenario.name}", "ro")
            scenario = scenario.name
        chosen = {"scenario": scenario, "profile": profile, **settings}
        self.with_envs(**{f"LSQ_MOCK_{name.upper()}": value for name, value in chosen.items() if value is not None})
        self.with_exposed_ports(PORT)
        self.waiting_for(HttpWaitStrategy(PORT, "/__admin/health").with_poll_interval(0.1).with_startup_timeout(10))

    @property
    def base_url(self) -> str:
        """The host root as seen from here, without a closing slash: what the kit and an application are given."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"
