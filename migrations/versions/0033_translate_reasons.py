"""Keep reasons of corrections and withdrawals in Swedish and English beside the Finnish ones.

Reasons kept so far stay as they are, without translations.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033_translate_reasons"
down_revision = "0032_check_responses_together"
branch_labels = None
depends_on = None

_REASONS = ("reason", "withdrawal_reason")

_KEEP = """
CREATE OR REPLACE FUNCTION keep_published_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('published', 'withdrawn') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'withdrawn'
        AND to_jsonb(NEW) - '{{{withdrawing}}}'::text[] = to_jsonb(OLD) - '{{{withdrawing}}}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'edition % version % is published and is kept as it is', OLD.quarter, OLD.version
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tg_edition_keep_published';
END $$
"""

_WITHDRAWING = "state,withdrawn_at,withdrawn_by,withdrawal_reason"


def upgrade() -> None:
    """Apply."""
    for reason in _REASONS:
        translations = f"{reason}_translations"
        op.add_column(
            "edition",
            sa.Column(translations, postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        )
        op.create_check_constraint(
            op.f(f"ck_edition_{translations}_known"), "edition", f"{translations} - '{{sv,en}}'::text[] = '{{}}'::jsonb"
        )
        op.create_check_constraint(
            op.f(f"ck_edition_{reason}_in_finnish_first"),
            "edition",
            f"{reason} IS NOT NULL OR {translations} = '{{}}'::jsonb",
        )
    op.execute(_KEEP.format(withdrawing=f"{_WITHDRAWING},withdrawal_reason_translations"))


def downgrade() -> None:
    """Take back; the translations are lost."""
    op.execute(_KEEP.format(withdrawing=_WITHDRAWING))
    for reason in _REASONS:
        op.drop_constraint(op.f(f"ck_edition_{reason}_in_finnish_first"), "edition", type_="check")
        op.drop_constraint(op.f(f"ck_edition_{reason}_translations_known"), "edition", type_="check")
        op.drop_column("edition", f"{reason}_translations")
