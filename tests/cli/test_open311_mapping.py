"""From Open311 records to feedback and events, by small invented records."""

from datetime import datetime
from typing import Any

import pytest

from services.cli.open311.mapping import Catalogue, RecordError, import_line

CATALOGUE = Catalogue.of(
    {
        "units": [
            {"code": "helsinki", "names": {"fi": "Helsingin kaupunki"}, "aliases": []},
            {"code": "city-executive-office", "names": {"fi": "Kaupunginkanslia"}, "aliases": []},
            {"code": "public-works", "names": {"fi": "Rakennusvirasto"}, "aliases": ["HKR"]},
            {"code": "city-planning", "names": {"fi": "Kaupunkisuunnitteluvirasto"}, "aliases": []},
        ],
        "topics": [{"code": "potholes", "names": {"fi": "Katujen kunto"}, "aliases": ["171"]}],
    }
)


def task(kind: str, state: str, created: str, modified: str | None = None, owner: str = "Rakennusvirasto") -> Any:
    return {
        "task_type": kind,
        "task_state": state,
        "owner_name": owner,
        "task_created": f"2015-03-{created}:00Z",
        "task_modified": f"2015-03-{modified or created}:00Z",
    }


def record(*tasks: Any, status: str = "closed", **fields: Any) -> dict[str, Any]:
    return {
        "service_request_id": "invented-1",
        "service_code": "171",
        "title": "Kuoppa",
        "description": "Iso kuoppa kadulla.",
        "status": status,
        "agency_responsible": "Rakennusvirasto",
        "requested_datetime": "2015-03-01T08:00:00Z",
        "updated_datetime": "2015-09-01T08:00:00Z",
        "tasks": list(tasks),
    } | fields


def events(*tasks: Any, status: str = "closed") -> list[tuple[str, str]]:
    line = import_line(record(*tasks, status=status), CATALOGUE, "open311")
    return [(event["kind"], event["occurred_at"][8:16]) for event in line["events"]]


class TestItem:
    def test_is_known_by_its_request_id(self) -> None:
        line = import_line(record(), CATALOGUE, "pilot")
        assert (line["source"], line["reference"]) == ("pilot", "invented-1")

    def test_is_received_when_it_was_requested(self) -> None:
        assert import_line(record(), CATALOGUE, "open311")["received_at"] == "2015-03-01T08:00:00Z"

    def test_topic_comes_from_the_service_code(self) -> None:
        assert import_line(record(), CATALOGUE, "open311")["topic"] == "potholes"

    @pytest.mark.parametrize("code", ["584", "", None])
    def test_unknown_service_code_leaves_it_unclassified(self, code: str | None) -> None:
        assert "topic" not in import_line(record(service_code=code), CATALOGUE, "open311")

    def test_unit_is_the_first_tasks_owner(self) -> None:
        first = task("assigned", "re_assigned", "01T08:00", "01T09:00", owner="Kaupunginkanslia")
        assert import_line(record(first), CATALOGUE, "open311")["unit"] == "city-executive-office"

    def test_unit_is_the_agency_where_the_owner_is_unknown(self) -> None:
        first = task("assigned", "closed", "01T08:00", "01T09:00", owner="Tuntematon")
        assert import_line(record(first), CATALOGUE, "open311")["unit"] == "public-works"

    def test_unit_is_found_by_alias(self) -> None:
        assert import_line(record(agency_responsible="HKR"), CATALOGUE, "open311")["unit"] == "public-works"

    def test_title_stands_in_for_a_missing_description(self) -> None:
        assert import_line(record(description=" "), CATALOGUE, "open311")["text"] == "Kuoppa"

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"service_request_id": None}, "service_request_id"),
            ({"requested_datetime": ""}, "requested_datetime"),
            ({"title": None, "description": None}, "neither description nor title"),
        ],
    )
    def test_record_without_what_an_item_needs_is_refused(self, fields: dict[str, Any], reason: str) -> None:
        with pytest.raises(RecordError, match=reason):
            import_line(record(**fields), CATALOGUE, "open311")


class TestTasks:
    def test_answer_is_the_tasks_end_and_not_the_last_touch(self) -> None:
        assert events(
            task("assigned", "re_assigned", "01T08:00", "02T09:00"),
            task("wait_for_answer", "completed", "02T09:00", "02T10:30"),
            task("informed", "completed", "03T12:00", "20T12:00"),
        ) == [("assigned", "01T08:00"), ("answered", "02T10:30")]

    def test_passing_on_is_a_transfer(self) -> None:
        line = import_line(
            record(
                task("assigned", "re_assigned", "01T08:00", "01T09:00", owner="Kaupunginkanslia"),
                task("assigned", "re_assigned", "01T09:00", "01T10:00", owner="Rakennusvirasto"),
                task("wait_for_answer", "completed", "01T10:00", "02T10:00", owner="Kaupunkisuunnitteluvirasto"),
            ),
            CATALOGUE,
            "open311",
        )
        assert [(event["kind"], event.get("unit")) for event in line["events"]] == [
            ("assigned", "city-executive-office"),
            ("transferred", "public-works"),
            ("transferred", "city-planning"),
            ("answered", None),
        ]

    def test_assigned_completed_is_no_end(self) -> None:
        assert events(
            task("assigned", "completed", "01T09:00", "01T09:00"),
            task("wait_for_answer", "completed", "01T09:00", "05T09:00"),
        ) == [("assigned", "01T09:00"), ("answered", "05T09:00")]

    def test_assigned_closed_marks_handled(self) -> None:
        assert events(task("assigned", "closed", "01T09:00", "03T09:00"))[-1] == ("closed", "03T09:00")

    def test_closing_after_the_answer_is_a_later_touch(self) -> None:
        assert events(
            task("wait_for_answer", "completed", "01T09:00", "02T09:00"),
            task("wait_for_answer", "closed", "01T10:00", "04T09:00"),
        ) == [("assigned", "01T09:00"), ("answered", "02T09:00")]

    def test_new_work_that_ends_in_an_answer_reopens(self) -> None:
        assert events(
            task("wait_for_answer", "completed", "01T09:00", "02T09:00"),
            task("wait_for_answer", "completed", "05T09:00", "06T09:00"),
        ) == [("assigned", "01T09:00"), ("answered", "02T09:00"), ("reopened", "05T09:00"), ("answered", "06T09:00")]

    def test_new_work_that_leads_to_nothing_is_left_out(self) -> None:
        assert events(
            task("wait_for_answer", "completed", "01T09:00", "02T09:00"),
            task("wait_for_answer", "re_assigned", "05T09:00", "06T09:00", owner="Kaupunkisuunnitteluvirasto"),
        ) == [("assigned", "01T09:00"), ("answered", "02T09:00")]

    def test_transferred_out_leaves_the_organisation_when_the_task_begins(self) -> None:
        line = import_line(record(task("transferred_out", "closed", "01T09:00", "02T09:00")), CATALOGUE, "open311")
        assert line["events"][-1]["kind"] == "transferred"
        assert line["events"][-1]["occurred_at"].startswith("2015-03-01T09:00")
        assert line["events"][-1]["recipient"]

    def test_transferred_out_after_an_answer_reopens_first(self) -> None:
        assert [
            kind
            for kind, _ in events(
                task("wait_for_answer", "completed", "01T09:00", "02T09:00"),
                task("transferred_out", "closed", "02T10:00", "03T09:00"),
            )
        ] == ["assigned", "answered", "reopened", "transferred"]

    def test_coming_back_from_outside_reopens(self) -> None:
        assert [
            kind
            for kind, _ in events(
                task("transferred_out", "closed", "01T09:00", "02T09:00"),
                task("wait_for_answer", "completed", "02T10:00", "03T09:00"),
            )
        ] == ["transferred", "reopened", "assigned", "answered"]

    def test_comments_and_information_change_nothing(self) -> None:
        quiet = [
            task(kind, "completed", "01T10:00", "09T10:00")
            for kind in ("informed", "wait_for_comment", "moved_to_other_system")
        ]
        assert events(task("wait_for_answer", "completed", "01T09:00", "02T09:00"), *quiet)[-1] == (
            "answered",
            "02T09:00",
        )


class TestEnd:
    def test_open_record_stays_open(self) -> None:
        kinds = [kind for kind, _ in events(task("wait_for_answer", "open", "01T09:00"), status="open")]
        assert kinds == ["assigned"]

    def test_open_record_that_was_answered_is_reopened_where_its_open_task_began(self) -> None:
        assert events(
            task("wait_for_answer", "completed", "01T09:00", "02T09:00"),
            task("wait_for_answer", "open", "07T09:00"),
            status="open",
        )[-1] == ("reopened", "07T09:00")

    def test_closed_record_without_an_end_is_closed_at_its_last_task_not_at_its_last_update(self) -> None:
        assert events(
            task("assigned", "re_assigned", "01T09:00", "02T09:00"), task("informed", "closed", "02T09:00", "04T09:00")
        )[-1] == ("closed", "04T09:00")

    def test_closed_record_without_tasks_is_closed_when_it_came(self) -> None:
        assert events() == [("closed", "01T08:00")]


class TestClocks:
    def test_arrival_to_answer_is_half_of_arrival_to_last_update(self) -> None:
        # The proportions of the worked example in the field's notes: passed on twice, answered after 1.08 days,
        # last touched after 2.11.
        worked = record(
            {**task("assigned", "re_assigned", "22T11:27", "22T12:01", owner="Kaupunginkanslia")},
            {**task("assigned", "re_assigned", "22T12:01", "23T07:39", owner="Rakennusvirasto")},
            {**task("wait_for_answer", "completed", "23T07:39", "23T13:19", owner="Kaupunkisuunnitteluvirasto")},
            {**task("informed", "completed", "23T13:20", "24T14:06", owner="Kaupunkisuunnitteluvirasto")},
            requested_datetime="2015-03-22T11:27:00Z",
            updated_datetime="2015-03-24T14:06:00Z",
        )
        line = import_line(worked, CATALOGUE, "open311")
        answered = next(event for event in line["events"] if event["kind"] == "answered")
        received_at = datetime.fromisoformat(line["received_at"])
        days = (datetime.fromisoformat(answered["occurred_at"]) - received_at).total_seconds() / 86_400
        assert round(days, 2) == 1.08
