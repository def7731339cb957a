"""The embedded server's own log."""

import psycopg
import pytest

from services.cli.embedded_postgres import EmbeddedPostgres

WORDS = "Olen Aino, Mannerheimintie 5"


def test_it_holds_nothing_that_residents_wrote(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TEMPORARY TABLE words (word text PRIMARY KEY, number int CHECK (number > 0))")
        connection.execute("SAVEPOINT before")
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            connection.execute("INSERT INTO words VALUES (%s, 0)", [WORDS])
        assert WORDS in str(refused.value.diag.message_detail), "what would be logged"
        connection.execute("ROLLBACK TO before")
        with pytest.raises(psycopg.errors.CheckViolation), connection.cursor().copy("COPY words FROM STDIN") as copy:
            copy.write_row([WORDS, 0])
    log = postgres.log_path.read_text()
    assert "violates check constraint" in log
    assert WORDS not in log
