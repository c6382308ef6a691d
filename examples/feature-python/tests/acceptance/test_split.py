"""What was asked for (request.md). It fails as long as nobody has built it."""

import unittest

from ledger.book import Book
from ledger.commands import run


class Splitting(unittest.TestCase):
    def split(self, *args: str) -> tuple[Book, list[str]]:
        book = Book()
        return book, run(book, ["split", *args])

    def test_everybody_owes_the_payer_a_share(self):
        book, said = self.split("Ada", "30.00", "dinner", "Ada", "Grace", "Alan")
        self.assertEqual(said, ["Grace owes Ada 10.00.", "Alan owes Ada 10.00."])
        self.assertEqual(book.balance("Ada"), 2000)

    def test_no_cent_is_lost(self):
        book, said = self.split("Ada", "10.00", "dinner", "Grace", "Alan", "Edsger")
        self.assertEqual(
            said, ["Grace owes Ada 3.34.", "Alan owes Ada 3.33.", "Edsger owes Ada 3.33."]
        )
        self.assertEqual(book.balance("Ada"), 1000)

    def test_no_cent_is_made(self):
        book, said = self.split("Ada", "0.05", "a nail", "Grace", "Alan", "Edsger")
        self.assertEqual(
            said, ["Grace owes Ada 0.02.", "Alan owes Ada 0.02.", "Edsger owes Ada 0.01."]
        )
        self.assertEqual(book.balance("Ada"), 5)

    def test_a_share_of_nothing_is_no_debt(self):
        _, said = self.split("Ada", "0.01", "a nail", "Grace", "Alan")
        self.assertEqual(said, ["Grace owes Ada 0.01."])

    def test_who_is_named_twice_is_refused(self):
        book = Book()
        with self.assertRaisesRegex(ValueError, "Grace is named twice"):
            run(book, ["split", "Ada", "10.00", "dinner", "Grace", "Grace"])
        self.assertEqual(book.entries, [])


if __name__ == "__main__":
    unittest.main()
