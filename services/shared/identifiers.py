"""Identifiers: time-ordered UUIDs and receipts a person can read out on the telephone."""

import secrets
import time
from uuid import UUID

RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and capitals without the pairs that are misread (0/O, 1/I/L)."""

RECEIPT_LENGTH = 16
"""31^16 is about 2^79: a receipt cannot be guessed, and still fits a line of a letter."""

_RECEIPT_GROUP = 4
_RECEIPTS = len(RECEIPT_ALPHABET) ** RECEIPT_LENGTH


def new_uuid() -> UUID:
    """A UUID version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so keys arrive nearly in order."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def new_receipt() -> str:
    """A random receipt such as ``7KQ2-XN4M-PWDA-9ZRT``."""
    letters, number = "", secrets.randbelow(_RECEIPTS)
    for _ in range(RECEIPT_LENGTH):
        number, letter = divmod(number, len(RECEIPT_ALPHABET))
        letters += RECEIPT_ALPHABET[letter]
    return "-".join(letters[i : i + _RECEIPT_GROUP] for i in range(0, RECEIPT_LENGTH, _RECEIPT_GROUP))
