"""The book: what was paid, by whom, for whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One person paid so many cents for another."""

    payer: str
    debtor: str
    cents: int
    what: str


@dataclass
class Book:
    """Entries in the order they were made."""

    entries: list[Entry] = field(default_factory=list)

    def pay(self, payer: str, debtor: str, cents: int, what: str) -> Entry:
        """Notes what one person paid for another. Raises ValueError."""
        if cents <= 0:
            raise ValueError("Nothing was paid.")
        if payer == debtor:
            raise ValueError(f"{payer} owes nothing to {payer}.")
        entry = Entry(payer, debtor, cents, what)
        self.entries.append(entry)
        return entry

    def balance(self, person: str) -> int:
        """Cents that others owe the person; negative: the person owes them."""
        paid = sum(one.cents for one in self.entries if one.payer == person)
        owed = sum(one.cents for one in self.entries if one.debtor == person)
        return paid - owed
