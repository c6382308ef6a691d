"""python3 -m ledger <command…>: reads commands from ledger.txt, does one more, and notes it there."""

import shlex
import sys
from pathlib import Path

from .book import Book
from .commands import run

FILE = Path("ledger.txt")


def main(args: list[str]) -> int:
    book = Book()
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    try:
        for line in lines:
            run(book, shlex.split(line))
        said = run(book, args)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if args[:1] != ["balance"]:
        FILE.write_text("".join(f"{line}\n" for line in [*lines, shlex.join(args)]), encoding="utf-8")
    print("\n".join(said))
    return 0


sys.exit(main(sys.argv[1:]))
