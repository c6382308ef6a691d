"""Amounts of money: whole cents, so that nothing is lost."""

import re


def parse_amount(text: str) -> int:
    """Cents of an amount such as "12.50". Raises ValueError."""
    found = re.fullmatch(r"(\d{1,9})(?:\.(\d{2}))?", text)
    if found is None:
        raise ValueError(f'"{text}" is no amount such as 12.50.')
    return int(found[1]) * 100 + int(found[2] or 0)


def format_amount(cents: int) -> str:
    """The amount with two decimals, negative ones with a minus."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
