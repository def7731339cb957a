"""Several processes of each service behind one port: what is answered is there once, and all of them stop."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.bodies import SURVEY_CODE, response_bodies, survey_definition
from services.shared.clock import local_day, now
from services.shared.periods import PeriodKind, period_of
from tests.journeys.conftest import Up

pytestmark = pytest.mark.journey

WORKERS = 2
CLIENTS = 12


@dataclass
class UpWithWorkers(Up):
    """``katsaus up`` with more than one process of each service."""

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"KATSAUS_WORKERS": str(WORKERS)}


@pytest.fixture
def up(prepared: Path, tmp_path: Path) -> Iterator[UpWithWorkers]:
    up = UpWithWorkers(tmp_path / "home")
    up.begin_with(prepared)
    up.start()
    yield up
    up.stop()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_is_sent_to_any_of_them_is_stored_once(up: UpWithWorkers) -> None:
    assert len([pid for pid in children_of(up.service_pid("survey_api")) if "spawn_main" in command_of(pid)]) == WORKERS
    with up.client(1, key=up.key) as client:
        client.post("/v1/surveys", json=survey_definition()).raise_for_status()
    bodies = [body | {"id": str(uuid4())} for body in response_bodies()]

    def send_all(client_number: int) -> list[int]:
        # Connections of its own, so that it meets another process than its neighbours; each sends what two others send.
        mine = bodies[client_number % 4 :: 4]
        with up.client(1) as client:
            return [client.post(f"/v1/surveys/{SURVEY_CODE}/responses", json=body).status_code for body in mine]

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = {status for of_client in pool.map(send_all, range(CLIENTS)) for status in of_client}
    assert statuses <= {200, 201}

    # Whichever process is asked tells of all.
    sent = sum(len(bodies[number % 4 :: 4]) for number in range(CLIENTS))
    for _ in range(2 * WORKERS):
        with up.client(1, key=up.key) as client:
            assert answered(client.get("/metrics").text, "/v1/surveys/{code}/responses") == sent

    quarter = up.get(f"/v1/quarters/{period_of(PeriodKind.QUARTER, local_day(now())).label}")
    (chat,) = (chat for chat in quarter["chats"] if chat["code"] == SURVEY_CODE)
    assert chat["respondents"]["value"] == len(bodies)

    up.stop()
    assert up.remaining() == []


def answered(metrics: str, route: str) -> float:
    samples = [sample for family in text_string_to_metric_families(metrics) for sample in family.samples]
    return sum(one.value for one in samples if one.name == "http_requests_total" and one.labels["route"] == route)


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
