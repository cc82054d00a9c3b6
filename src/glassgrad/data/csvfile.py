"""The cells of a CSV file: what is wrong with a file is found, and named, here."""

from __future__ import annotations

import csv
import re
from io import StringIO
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import NoReturn

from glassgrad.errors import DataError

__all__ = ["Table", "number"]

#: A cell in quotation marks, which may hold separators, line ends and doubled marks.
_QUOTED = re.compile(r'(?<![^,;\t\r\n]) *"(?:[^"]|"")*"')


class Table:
    """The cells of a file, as text, under the names of their columns."""

    def __init__(self, path: str | PathLike[str], encoding: str) -> None:
        self.path = path
        text = _text(path, encoding)
        lines = csv.reader(
            StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True,
            strict=True,
        )  # fmt: skip
        self.rows: list[tuple[int, list[str]]] = []
        try:
            for cells in lines:
                if any(stripped := [cell.strip() for cell in cells]):
                    self.rows.append((lines.line_num, stripped))
        except csv.Error as error:
            raise DataError(
                f"{path}, line {lines.line_num}: {error}: is a quotation mark not closed?"
            ) from None
        if not self.rows:
            raise DataError(f"{path} is empty: it needs a line of column names, and then rows")
        _, self.names = self.rows.pop(0)
        self._check()

    def _check(self) -> None:
        for place, name in enumerate(self.names):
            if not name:
                raise DataError(
                    f"{self.path}: column {place + 1} has no name: name it in the first line, or "
                    "leave the column out (pandas: to_csv(..., index=False))"
                )
            if name in self.names[:place]:
                raise DataError(f"{self.path} has two columns named {name!r}: rename one")
            # Whole numbers can be names, and often are; 5.1 is a measurement.
            if number(name) is not None and "." in name:
                raise DataError(
                    f"{self.path}: the first line has the number {name} where a column's name "
                    "is expected: write a line of names above the data"
                )
        if not self.rows:
            raise DataError(f"{self.path} has column names and no rows below them: add data")
        for line, cells in self.rows:
            if len(cells) != len(self.names):
                remedy = "add what is missing, or leave the row out"
                if len(cells) > len(self.names):
                    remedy = 'a cell with the separator in it needs quotation marks, "like, this"'
                raise DataError(
                    f"{self.path}, line {line} has {_count(len(cells), 'cell')} where the first "
                    f"line names {_count(len(self.names), 'column')}: {remedy}"
                )

    def place(self, name: str) -> int:
        """Find a column."""
        if name not in self.names:
            there = ", ".join(map(repr, self.names))
            raise DataError(f"{self.path} has no column {name!r}; its columns are {there}")
        return self.names.index(name)

    def numbers(self, names: list[str]) -> list[list[float]]:
        """Read columns as rows of finite numbers."""
        places = [self.place(name) for name in names]
        remedy = "correct it, or leave the column out: inputs are numbers"
        return [
            [self.finite(line, place, cells[place], remedy) for place in places]
            for line, cells in self.rows
        ]

    def finite(self, line: int, place: int, cell: str, remedy: str) -> float:
        """Read a cell as a finite number; `remedy` is what to do if it is text."""
        x = number(cell)
        if not cell or (x is not None and not isfinite(x)):
            self.refuse_missing(line, place, cell)
        if x is None and number(cell.replace(",", "")) is not None:
            remedy = "write decimals with a point, and nothing between thousands"
        if x is None:
            raise DataError(f"{self._where(line, place)}: {cell!r} is not a number: {remedy}")
        return x

    def refuse_missing(self, line: int, place: int, cell: str) -> NoReturn:
        """Raise the error for a cell that holds nothing to learn from."""
        what = f"{cell!r} is not a finite number" if cell else "the cell is empty"
        raise DataError(f"{self._where(line, place)}: {what}: fill it in, or leave the row out")

    def _where(self, line: int, place: int) -> str:
        return f"{self.path}, line {line}, column {self.names[place]!r}"


def number(cell: str) -> float | None:
    """Read a number, or give None; "1_000" is a name, though Python reads it as a number."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _text(path: str | PathLike[str], encoding: str) -> str:
    """Read and decode a file."""
    try:
        raw = Path(path).read_bytes()
    except FileNotFoundError:
        folder = Path(path).absolute().parent
        raise DataError(f"there is no file {path}: check the name (looked in {folder})") from None
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # how Excel begins its "Unicode text"
        encoding = "utf-16"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, line {line}: the byte 0x{raw[error.start]:02x} is not {encoding} text: save "
            'the table as CSV in UTF-8, or name its encoding, such as encoding="latin-1"'
        ) from None
    except LookupError:
        raise DataError(
            f'there is no encoding {encoding!r}: "utf-8" and "latin-1" are usual ones'
        ) from None
    if "\0" in text:
        raise DataError(f"{path} is not a text file: save the table as CSV in UTF-8")
    return text.removeprefix("\ufeff")


def _delimiter(text: str) -> str:
    """Take the separator that the column names have most of: unlike csv.Sniffer, no guess."""
    bare = _QUOTED.sub("quoted", text[:100_000])
    first = next((line for line in bare.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
