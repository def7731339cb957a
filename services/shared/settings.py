"""All settings, read once from the environment. ``docs/settings.md`` lists them; a test holds the list complete."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.shared.reasons import reason_of
from services.shared.setting_types import DatabaseAddress, LogLevel, Origin, ProxyAddress, Rate, ZoneName

if TYPE_CHECKING:
    from fastapi import Request  # the command reads settings without waiting for it


class SettingsError(ValueError):
    """Settings that cannot be used: each variable, and what is wrong with it, in one line."""


class Settings(BaseSettings):
    """The environment of one process. Every bound is here, with its reason."""

    model_config = SettingsConfigDict(env_prefix="KATSAUS_", frozen=True, extra="ignore")

    database_url: DatabaseAddress | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 16 or newer. Unset, `katsaus up` starts an embedded one and sets this.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that `katsaus up` runs of each service. One fills a core; more need cores of their own, "
        "and PostgreSQL needs one too. They share the database and the counts of `/metrics`.",
    )
    database_pool_size: int = Field(
        default=10,
        ge=1,
        description="Connections a service process keeps. Three services use thrice this, times their processes.",
    )
    database_wait_seconds: float = Field(
        default=5.0,
        gt=0,
        description="How long a request waits for one of these connections before it is answered 503 with Retry-After: "
        "whoever waits longer has given up.",
    )
    metrics_lookup_seconds: float = Field(
        default=3.0,
        gt=0,
        description="How long `/metrics` waits for the database, once for the key and once for the figures: Prometheus "
        "gives up after ten seconds, and would then learn nothing.",
    )
    requests_max: int = Field(
        default=250,
        ge=1,
        description="Requests a process may have under way; more are answered 503 with Retry-After at once, so that "
        "those under way keep their time: by Little's law a quarter of a second where a thousand are answered in one, "
        "which a slow machine manages of plain requests, and a second on a quarter of such a machine.",
    )
    database_statement_timeout_ms: int = Field(
        default=30_000,
        ge=0,
        description="No request may hold a connection longer than this; imports run in short batches.",
    )
    response_queue_max: int = Field(
        default=1000,
        ge=1,
        description="Responses of one survey_api process that may wait for their commit; more are answered 503 with "
        "Retry-After. A second's work: whoever waits longer has given up.",
    )
    response_batch_max: int = Field(
        default=200,
        ge=1,
        description="Most responses that are committed at once: more would gain little, and hold the rows of the "
        "histogram longer.",
    )
    feedback_queue_max: int = Field(
        default=500,
        ge=1,
        description="Submissions of one feedback_api process that may wait for their commit; more are answered 503 "
        "with Retry-After. About a second's work.",
    )
    feedback_batch_max: int = Field(
        default=100,
        ge=1,
        description="Most submissions that are committed at once: each is indexed for search in three languages, and "
        "the last of them waits for all.",
    )
    host: str = Field(default="127.0.0.1", description="Address the services listen on; 0.0.0.0 inside a container.")
    feedback_port: int = Field(default=8001, ge=1, le=65535, description="Port of feedback_api.")
    survey_port: int = Field(default=8002, ge=1, le=65535, description="Port of survey_api.")
    reporting_port: int = Field(default=8003, ge=1, le=65535, description="Port of reporting_api.")
    feedback_url: str | None = Field(
        default=None,
        description="Where the other services reach feedback_api; by default the host and port above.",
    )
    survey_url: str | None = Field(
        default=None,
        description="Where the other services reach survey_api; by default the host and port above.",
    )
    service_key: SecretStr | None = Field(
        default=None, description="The key with scope `service` that services call each other with."
    )
    cors_origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated origins whose pages may call the services from a browser; `*` for all.",
    )
    log_level: LogLevel = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    body_max_bytes: int = Field(
        default=1_048_576,
        ge=1024,
        description="Largest request body, refused before it is read whole. The longest allowed text with JSON escapes "
        "is under 150 kB; 1 MiB leaves room for many answers.",
    )
    import_line_max_bytes: int = Field(
        default=262_144,
        ge=1024,
        description="Longest line of an NDJSON import, so that a broken file cannot fill the memory; imports have no "
        "other size limit.",
    )
    import_batch_lines: int = Field(
        default=2_000,
        ge=1,
        le=5_000,
        description="Most lines an import commits at once: a commit is dear, but memory must stay flat.",
    )
    import_batch_bytes: int = Field(
        default=4_194_304,
        ge=1024,
        description="Lines of as many bytes are committed without waiting for more: thousands of the longest lines "
        "would fill the memory.",
    )
    import_gzip_ratio_max: int = Field(
        default=200,
        ge=10,
        description="How many times its size a gzipped import may unpack to: records with ids of their own stay under "
        "30, a bomb reaches 1000.",
    )
    text_max_length: int = Field(
        default=10_000,
        ge=100,
        description="Longest free text in characters; Helsinki's own form allows 5 000.",
    )
    renderings_kept: int = Field(
        default=48,
        ge=1,
        description="Pages and PDF files of published reviews kept in memory, half a megabyte each: four quarters in "
        "three languages, with their pictures.",
    )
    deadline_soon_days: int = Field(
        default=3,
        ge=0,
        le=366,
        description="Calendar days ahead that `GET /v1/feedback?due=soon` looks: three reach from Friday over a "
        "weekend.",
    )
    trusted_proxies: Annotated[tuple[ProxyAddress, ...], NoDecode] = Field(
        default=(),
        description="Comma-separated addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are "
        "believed. Nobody else's: a client could write what it likes.",
    )
    address_block_ipv4: int = Field(
        default=32, ge=8, le=32, description="Bits of an IPv4 address that count as one sender: one address."
    )
    address_block_ipv6: int = Field(
        default=64,
        ge=16,
        le=128,
        description="Bits of an IPv6 address that count as one sender: a subscriber's network.",
    )
    submission_rate_limit: Rate = Field(
        default="60/minute",
        description="Submissions without a key from one block of addresses, as `N/second`, `minute`, `hour` or `day`; "
        "empty for no limit. A library's or clinic's visitors share an address, a flood is far above.",
    )
    rate_limit_store: SecretStr | None = Field(
        default=None,
        description="Where submissions are counted: `redis://host:6379` for several processes; unset, in each one's "
        "memory.",
    )
    duplicate_window_minutes: int = Field(
        default=10,
        ge=0,
        description="How long the same words from the same place count as sent twice: a double click, a robot.",
    )
    form_secret: SecretStr | None = Field(
        default=None,
        description="Signs form tokens and links. Unset, it follows from the services' key, so it rarely need be set.",
    )
    form_min_fill_seconds: float = Field(
        default=3.0, ge=0, description="A form filled faster is taken for a robot's: nobody writes a sentence so fast."
    )
    form_token_max_age_hours: int = Field(
        default=24, ge=1, description="How long a form may stay open before its token no longer counts."
    )
    form_token_required: bool = Field(
        default=False, description="Whether feedback that comes without a key and without a form token is kept apart."
    )
    proof_of_work_required: bool = Field(
        default=False, description="Whether feedback that comes without a key must bring a solved challenge."
    )
    proof_of_work_max_number: int = Field(
        default=50_000, ge=1000, description="Most hashes a challenge takes: under a second on a telephone."
    )
    proof_of_work_minutes: int = Field(default=60, ge=1, description="How long a challenge may be solved.")
    attachments_url: str | None = Field(
        default=None,
        description="Where attachments are stored: `file:///folder` or `s3://bucket/prefix` (with the AWS_ variables). "
        "`katsaus up` sets a folder of its home; unset, attachments are refused.",
    )
    attachment_max_count: int = Field(
        default=5,
        ge=1,
        le=50,
        description="Most files with one piece of feedback: a few photos of one place.",
    )
    attachment_max_bytes: int = Field(
        default=10_485_760,
        ge=1024,
        description="Largest file, as sent and made anew: a photo is 3 to 8 MB.",
    )
    attachment_max_pixels: int = Field(
        default=50_000_000,
        ge=10_000,
        description="Most pixels of a picture, as a small file can unpack to gigabytes; 50 million take 200 MB.",
    )
    attachment_max_pages: int = Field(default=100, ge=1, description="Most pages of a PDF.")
    attachment_memory_bytes: int = Field(
        default=1_073_741_824,
        ge=268_435_456,
        description="Most memory of the process that reads one attachment: the largest picture takes 200 MB for each "
        "of up to four copies of its pixels; more is refused.",
    )
    attachment_cpu_seconds: int = Field(
        default=20,
        ge=1,
        description="Most processor time of that process: the largest photograph takes two or three seconds.",
    )
    attachment_decoders: int = Field(
        default=2, ge=1, description="Most such processes at once; further files wait. Bounds the memory of them all."
    )
    clamav_address: str | None = Field(
        default=None, description="host:port of a ClamAV daemon that must pass every attachment; unset, none is asked."
    )
    public_feedback_url: str | None = Field(
        default=None,
        description="feedback_api's address as residents reach it, for links in letters; by default the host and port.",
    )
    public_reporting_url: str | None = Field(
        default=None,
        description="reporting_api's address as residents reach it, for links in feeds; by default the host and port.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="`smtp://user:password@host:587` (TLS always; without a password where offered; "
        "`?starttls=required` insists, `?starttls=never` does without, but never with a password) or `smtps://…`; "
        "unset, no mail is sent.",
    )
    mail_from: str = Field(
        default="katsaus@localhost", description="The sender of letters, as `Name <address>` or address."
    )
    mail_timeout_seconds: float = Field(
        default=30.0, gt=0, description="Longest time for handing one letter to the mail server, from connecting on."
    )
    mail_poll_seconds: float = Field(
        default=5.0, gt=0, description="How often feedback_api looks for letters; the first wait after a failure."
    )
    mail_retry_max_seconds: float = Field(
        default=3600.0, gt=0, description="Longest wait between two tries of a letter; the wait doubles up to it."
    )
    mail_attempts_max: int = Field(
        default=130,
        ge=1,
        description="Tries before a letter is given up: about five days with the longest wait at an hour, as RFC 5321 "
        "advises.",
    )
    subject_access_hours: int = Field(
        default=24, ge=1, description="How long the link to a person's own data leads there."
    )
    subject_access_daily_max: int = Field(
        default=3, ge=1, description="Links a day to one address, whoever asks: nobody's mailbox is to be flooded."
    )
    retention_daily: bool = Field(
        default=False,
        description="Whether content past its time is erased every day. Off until the register's owner has signed the "
        "times in retention_policies.yaml: no law sets them.",
    )
    retention_run_items_max: int = Field(
        default=1_000,
        ge=1,
        description="Most items whose content one `POST /v1/retention/runs` erases: some seconds, as a proxy "
        "waits a minute. The command repeats the call until nothing is left; the daily run has no such bound.",
    )
    erasure_poll_seconds: float = Field(
        default=300.0,
        gt=0,
        description="How often survey_api asks feedback_api which feedback made of its comments has been erased, and "
        "erases its own copies.",
    )
    retention_hour: int = Field(
        default=3, ge=0, le=23, description="The local hour from which the daily run is done: a quiet one."
    )
    open311_jurisdiction: str = Field(
        default="hel.fi", description="The only `jurisdiction_id` that Open311 answers to: the city's domain."
    )
    open311_contact: str = Field(
        default="The operator of this service gives out keys.",
        description="How to get an Open311 key: words or an address, shown in the discovery document.",
    )
    open311_is_production: bool = Field(
        default=False, description="Whether the discovery document calls the endpoint `production` or `test`."
    )
    open311_default_service: str = Field(
        default="2809", description="The service of requests that name none: general feedback in Helsinki."
    )
    open311_description_max: int = Field(
        default=5_000, ge=100, description="Longest description: Helsinki allows 5 000 characters, the standard 4 000."
    )
    open311_list_max_days: int = Field(
        default=90, ge=1, description="Longest span of a list of requests, by the standard."
    )
    open311_page_size_default: int = Field(
        default=200, ge=1, description="Requests of a page when `page_size` is not given: Helsinki's cap."
    )
    open311_page_size_max: int = Field(default=1_000, ge=1, description="Most requests of a page: the standard's cap.")
    bulk_events_max: int = Field(
        default=200,
        ge=1,
        le=1000,
        description="Most items that one bulk event may name: more than a screen of a list; a transaction stays short.",
    )
    page_size_default: int = Field(default=50, ge=1, description="Rows of a list when `limit` is not given.")
    page_size_max: int = Field(default=500, ge=1, description="Most rows of a list in one answer.")
    series_max_periods: int = Field(
        default=40,
        ge=1,
        description="Most periods of one series: ten years of quarters. Each is counted with its two comparisons.",
    )
    source_usual_weekday_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Share of a weekday's open days in the quarter before on which a source must have had data, for a "
        "day without any to be reported: a week or two may have been missing.",
    )
    pxweb_max_cells: int = Field(
        default=10_000, ge=1, description="Most cells of one answer to a PxWeb tool: what PxWebApi 2 has by default."
    )
    figures_license: str = Field(
        default="",
        description="The licence the figures are given under, as PxWeb tools show it; empty until the city has chosen.",
    )
    odata_page_size: int = Field(
        default=1_000, ge=1, description="Rows of one page of the OData feed: under 1 MB; tools follow the next link."
    )
    odata_rows_max: int = Field(
        default=1_000_000, ge=1, description="Largest `$top` and `$skip`: beyond what any table of figures holds."
    )
    odata_filter_max_length: int = Field(
        default=2_000, ge=100, description="Longest `$filter` in characters: about a hundred conditions."
    )
    reports_kept: int = Field(
        default=50,
        ge=0,
        description="Reports a process keeps in memory for as long as no data has changed: the quarters and units that "
        "are looked at most. 0 counts each anew.",
    )
    table_periods_kept: int = Field(
        default=120,
        ge=0,
        description="Periods' reports a process keeps in memory to build tables from, a third of a megabyte each: "
        "three series of the longest. Tables of more periods together are counted anew each time.",
    )
    answer_months_kept: int = Field(
        default=100,
        ge=0,
        description="Months whose counted answers a process keeps in memory until one of the month changes: thirteen "
        "quarters, live and as published. 0 counts each anew.",
    )
    answer_changes_days: int = Field(
        default=2,
        ge=1,
        description="How long it is kept which months' answers a transaction has changed. No count may be kept in "
        "memory longer, and no transaction runs so long.",
    )
    public_report_age_max_seconds: float = Field(
        default=1.0,
        ge=0,
        le=60,
        description="How long a report or a table that was counted is answered without a key of `report:internal`, "
        "whatever is written meanwhile; `as_of` tells of when it is. While the city writes, each is counted anew at "
        "most once in that time, however many ask. 0 counts each anew after every write.",
    )
    export_max_seconds: int = Field(
        default=3_600,
        ge=1,
        description="How long one export may hold its connection; a million rows take under a minute. What is cut off "
        "goes on by its cursor.",
    )
    earliest_year: int = Field(
        default=2000, ge=1900, description="Times before this year are taken for mistakes and refused."
    )
    response_age_max_days: int = Field(
        default=31,
        ge=1,
        description="How far back a client without a key to import may date an answer: a telephone that was offline "
        "for a holiday, not a clock that is a year slow.",
    )
    completion_hours: int = Field(
        default=24,
        ge=0,
        description="How long a partial answer may be completed by its id: whoever went away came back by tomorrow.",
    )
    clock_skew_seconds: int = Field(
        default=300,
        ge=0,
        description="How far in the future a sender's clock may be before its time is refused.",
    )
    idempotency_key_days: int = Field(
        default=30,
        ge=1,
        description="How long an Idempotency-Key is remembered; the longest time a form retries.",
    )
    catalogue_refresh_seconds: float = Field(
        default=5.0, ge=0, description="How long a service may go on with the catalogue it has read."
    )
    handover_poll_seconds: float = Field(
        default=1.0, gt=0, description="How often survey_api looks for comments to hand over to feedback_api."
    )
    handover_retry_max_seconds: float = Field(
        default=300.0,
        gt=0,
        description="Longest wait between two tries of the same hand-over; the wait doubles up to it.",
    )
    held_release_seconds: float = Field(
        default=300.0,
        gt=0,
        description="How often survey_api looks for held answers that can be counted by now. Assigning and mapping "
        "look at once; this catches what a stop in between left.",
    )
    misuse_window_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="Presses at one device within this time are counted together by the rule on repeated presses.",
    )
    misuse_presses_max: int = Field(
        default=3,
        ge=1,
        description="Presses at one device within the window that count; more are taken for play, kept and left out. "
        "Three let a family answer.",
    )
    misuse_recompute_max_days: int = Field(
        default=31,
        ge=1,
        le=366,
        description="Days that one recomputation of misuse may span: it is one transaction, and devices wait for it.",
    )
    device_history_days: int = Field(
        default=84,
        ge=14,
        le=1000,
        description="Days of its past that a device's own pattern is learnt from: twelve weeks.",
    )
    device_open_weekday_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="A weekday is open for a device that was pressed on at least this share of such days.",
    )
    device_gap_quantile: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="Of a device's own past gaps between presses, in open days, the one that is still usual: the "
        "longest 5 % may have been failures themselves.",
    )
    device_gap_least_days: int = Field(
        default=1,
        ge=0,
        description="Whole open days without a press that are usual for any device: a quiet day breaks nothing.",
    )
    device_pattern_least_days: int = Field(
        default=5, ge=2, description="Days with presses before a device has a pattern: a working week."
    )
    device_first_press_days: int = Field(
        default=7, ge=1, description="Days after which a device without a pattern, or never pressed, counts as silent."
    )
    device_clock_skew_seconds: int = Field(
        default=300, ge=1, description="How wrong a device's clock may be before it is shown as skewed."
    )
    happy_or_not_url: str = Field(
        default="https://api.happy-or-not.com",
        description="Where HappyOrNot's API is: the address before `/v2` and `/v1`.",
    )
    happy_or_not_token: SecretStr | None = Field(
        default=None, description="The token of HappyOrNot's API v2; unset, v2 is not read."
    )
    happy_or_not_v1_client_id: str | None = Field(
        default=None, description="The client id of HappyOrNot's API v1, for customers who have no v2."
    )
    happy_or_not_v1_token: SecretStr | None = Field(
        default=None, description="The token of HappyOrNot's API v1; unset, v1 is not read."
    )
    happy_or_not_v1_authentication: Literal["headers", "basic"] = Field(
        default="headers", description="How v1 is told who asks: by its own headers, or by HTTP `basic`."
    )
    happy_or_not_pull_minutes: int | None = Field(
        default=None,
        ge=5,
        description="How often survey_api reads HappyOrNot by itself, such as 60; unset, only when it is told to.",
    )
    happy_or_not_poll_seconds: float = Field(
        default=5.0, gt=0, description="How often survey_api looks whether a pull is due or was asked for."
    )
    happy_or_not_first_day: date | None = Field(
        default=None,
        description="The first day the first pull reads; unset, a year back, the longest span v2 gives at once.",
    )
    happy_or_not_reread_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days before the last pull that are read again: terminals that were offline for a week deliver "
        "late, and rows are judged misuse after the fact.",
    )
    happy_or_not_window_days: int = Field(
        default=31,
        ge=1,
        le=365,
        description="Days asked for at once: v2 gives at most a year; a month is the most an interruption repeats.",
    )
    happy_or_not_page_rows: int = Field(
        default=10_000,
        ge=1,
        le=10_000,
        description="Rows of one answer of v2: its most, so the fewest requests; about 5 MB in memory.",
    )
    happy_or_not_answer_max_bytes: int = Field(
        default=67_108_864,
        ge=1024,
        description="Largest answer of HappyOrNot that is read: a full page of long texts is under 64 MiB.",
    )
    happy_or_not_timeout_seconds: float = Field(
        default=60.0, gt=0, description="How long HappyOrNot may stay silent: a full page takes it several seconds."
    )
    happy_or_not_attempts: int = Field(
        default=5,
        ge=1,
        le=20,
        description="Tries of one request to HappyOrNot; with the waits below they bridge half a minute, a later pull "
        "bridges the rest.",
    )
    happy_or_not_retry_wait_seconds: float = Field(
        default=1.0, ge=0, description="First wait between two tries; it doubles, up to 30 seconds."
    )
    happy_or_not_time_zone: ZoneName = Field(
        default="Europe/Helsinki",
        description="The zone of HappyOrNot's times without an offset: the experience points' own wall clocks.",
    )
    happy_or_not_mapping_max: int = Field(
        default=5_000,
        ge=1,
        description="Most points of one mapping: a city has hundreds of smileys.",
    )
    http_timeout_seconds: float = Field(
        default=10.0, gt=0, description="How long a service waits for another one's answer."
    )
    statement_timeout_seconds: float = Field(
        default=60.0,
        gt=0,
        description="How long reporting_api waits for a closing statement, a recount of a whole quarter.",
    )

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(origin.strip() for origin in value.split(",") if origin.strip())
        return value

    @property
    def feedback_base_url(self) -> str:
        """Where feedback_api is reached."""
        return self.feedback_url or f"http://{self._reachable_host}:{self.feedback_port}"

    @property
    def public_feedback_base_url(self) -> str:
        """Where residents reach feedback_api, without a slash at the end."""
        return (self.public_feedback_url or self.feedback_base_url).rstrip("/")

    @property
    def public_reporting_base_url(self) -> str:
        """Where residents reach reporting_api, without a slash at the end."""
        return (self.public_reporting_url or self.reporting_base_url).rstrip("/")

    @property
    def survey_base_url(self) -> str:
        """Where survey_api is reached."""
        return self.survey_url or f"http://{self._reachable_host}:{self.survey_port}"

    @property
    def reporting_base_url(self) -> str:
        """Where reporting_api is reached."""
        return f"http://{self._reachable_host}:{self.reporting_port}"

    @property
    def _reachable_host(self) -> str:
        return "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 (compared, not bound)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings; raises :class:`SettingsError` where one cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        told = [f"{_variable(one['loc'][0])}: {reason_of(one)}" for one in error.errors(include_url=False)]
        raise SettingsError("; ".join(dict.fromkeys(told))) from None


def _variable(name: str | int) -> str:
    """The environment variable of a field, which Pydantic tells by the alias where there is one."""
    return f"KATSAUS_{str(name).upper()}" if name in Settings.model_fields else str(name).upper()


def settings_of(request: "Request") -> Settings:
    """The settings of the app that answers ``request``."""
    settings: Settings = request.app.state.settings
    return settings
