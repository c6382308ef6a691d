"""What people type, as calls of the book."""

from .book import Book
from .money import format_amount, parse_amount

USAGE = """Usage: ledger pay <payer> <debtor> <amount> <what>
       ledger balance <person>"""


def run(book: Book, args: list[str]) -> list[str]:
    """Does one command; the lines it says. Raises ValueError with a message for the person who asked."""
    match args:
        case ["pay", payer, debtor, amount, what]:
            entry = book.pay(payer, debtor, parse_amount(amount), what)
            return [f"{debtor} owes {payer} {format_amount(entry.cents)}."]
        case ["balance", person]:
            return [format_amount(book.balance(person))]
        case _:
            raise ValueError(USAGE)
