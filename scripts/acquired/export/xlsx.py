"""A workbook of one or more sheets, written with the standard library: typed cells, a frozen header, never a formula.

Office Open XML (ECMA-376), the few parts that a program needs to open it. Text is written as inline strings, which no
program evaluates; text that begins like a formula also carries Excel's quote prefix, so that it stays text when edited.
"""

from __future__ import annotations

import html
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

#: Cell styles by number: 0 plain, 1 header, 2 text with quote prefix.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
#: What XML 1.0 cannot carry: control characters, lone surrogates, and two non-characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", " ")
#: The most characters a cell can hold, and rows a sheet can hold (Excel's limits).
_LONGEST, _MOST_ROWS = 32_767, 1_048_575


def workbook(sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[object]]]]) -> bytes:
    """The bytes of an .xlsx file. sheets: (name, columns, rows); None is an empty cell, numbers and booleans are typed.

    The same content gives the same bytes. ValueError for more rows than a sheet can hold.
    """
    names = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in names
        )
        + "</Types>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>'
        + "".join(
            f'<sheet name="{html.escape(name[:31])}" sheetId="{n}" r:id="rId{n}"/>'
            for n, (name, _, _) in zip(names, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in names), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    for n, (_, columns, rows) in zip(names, sheets, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(columns, rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # no clock in the bytes
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8"))
    return out.getvalue()


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOC}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_row(1, columns, style=1)]
    for number, row in enumerate(rows, start=2):
        if number > _MOST_ROWS:
            raise ValueError("more rows than a sheet can hold")
        lines.append(_row(number, row))
    last = f"{_letters(len(columns))}{len(lines)}"
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetData>{"".join(lines)}</sheetData><autoFilter ref="A1:{last}"/></worksheet>'
    )


def _row(number: int, values: Sequence[object], style: int = 0) -> str:
    cells = "".join(_cell(f"{_letters(i)}{number}", value, style) for i, value in enumerate(values, start=1))
    return f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: object, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    text = _ILLEGAL.sub("\ufffd", str(value))[:_LONGEST]
    kind = 2 if not style and text.startswith(_FORMULA) else style
    shown = html.escape(text, quote=False)
    return f'<c r="{place}" s="{kind}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _letters(column: int) -> str:
    """The column's letters: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
