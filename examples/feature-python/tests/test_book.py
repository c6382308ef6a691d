import unittest

from ledger.book import Book
from ledger.commands import run
from ledger.money import format_amount, parse_amount


class TheBook(unittest.TestCase):
    def test_says_what_somebody_is_owed(self):
        book = Book()
        self.assertEqual(
            run(book, ["pay", "Ada", "Grace", "12.50", "bread"]), ["Grace owes Ada 12.50."]
        )
        self.assertEqual(run(book, ["balance", "Ada"]), ["12.50"])
        self.assertEqual(run(book, ["balance", "Grace"]), ["-12.50"])

    def test_refuses_what_is_no_debt(self):
        with self.assertRaisesRegex(ValueError, "owes nothing"):
            run(Book(), ["pay", "Ada", "Ada", "1", "bread"])
        with self.assertRaisesRegex(ValueError, "Nothing was paid"):
            run(Book(), ["pay", "Ada", "Grace", "0", "bread"])


class Amounts(unittest.TestCase):
    def test_are_read_and_written_alike(self):
        for text in ["0.01", "7.00", "1234.50"]:
            self.assertEqual(format_amount(parse_amount(text)), text)

    def test_are_refused_where_cents_would_be_lost(self):
        for text in ["", "1.5", "1.555", "-1", "one"]:
            with self.assertRaises(ValueError):
                parse_amount(text)


if __name__ == "__main__":
    unittest.main()
