"""Let one statement ask whether an hour of a place is free for single presses, and hold it so until it commits."""

from alembic import op

revision = "0027_ask_counted_hours"
down_revision = "0026_widget_sends_partial"
branch_labels = None
depends_on = None

ASK = "hour_takes_presses(text, text, timestamptz)"


def upgrade() -> None:
    """Apply."""
    # Volatile, so that it sees what was committed until the lock was had, which the statement around it does not.
    # Whoever counts the survey's hours holds the lock for themselves: then the answer is no, without waiting.
    op.execute(
        """
        CREATE FUNCTION hour_takes_presses(service_point text, survey text, hour timestamptz)
        RETURNS boolean LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
        BEGIN
            IF NOT pg_try_advisory_xact_lock_shared(hashtextextended('hourly_count:' || survey, 0)) THEN
                RETURN false;
            END IF;
            RETURN NOT EXISTS (
                SELECT FROM public.hourly_count AS counted
                WHERE counted.service_point_code = service_point AND counted.survey_code = survey
                    AND counted.origin = '' AND counted.hour_starts_at = hour AND counted.superseded_at IS NULL
            );
        END
        $$
        """
    )
    op.execute(f"REVOKE ALL ON FUNCTION {ASK} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {ASK} TO katsaus_survey")


def downgrade() -> None:
    """Take back."""
    op.execute(f"DROP FUNCTION {ASK}")
