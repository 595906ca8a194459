"""`summary.ods`: the class in three sheets as OpenDocument, for LibreOffice and what reads its format.

Written here as XML, because the library for it has not been kept up; the format is OASIS OpenDocument 1.3, parts 2
(the package: `mimetype` first and uncompressed, a manifest) and 3 (the content).
"""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from examdesk.exports.cells import Value, visible
from examdesk.exports.sheets import PERCENT, Column, Sheet
from examdesk.exports.writing import Effort

NAME = "summary.ods"
MIME = "application/vnd.oasis.opendocument.spreadsheet"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CM_A_CHARACTER = 0.21
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
        ("number", "datastyle"),
        ("meta", "meta"),
        ("config", "config"),
    )
)
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-%s {_NAMESPACES} office:version="1.3">'
_STYLES = (
    '<number:date-style style:name="nd"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
    "</number:date-style>"
    '<number:percentage-style style:name="np"><number:number number:decimal-places="1" '
    'number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>'
    '<style:style style:name="sheet" style:family="table" style:master-page-name="Default"/>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="nd">'
    '<style:table-cell-properties style:text-align-source="fix"/><style:paragraph-properties fo:text-align="start"/>'
    "</style:style>"
    '<style:style style:name="percent" style:family="table-cell" style:data-style-name="np"/>'
    '<style:style style:name="about" style:family="table-cell">'
    '<style:text-properties fo:font-style="italic" fo:color="#475569"/></style:style>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:table-cell-properties fo:background-color="#22384f" fo:wrap-option="wrap"/>'
    '<style:text-properties fo:font-weight="bold" fo:color="#ffffff"/></style:style>'
)
_PAGE = (
    '<office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties '
    'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" fo:margin="1.5cm" '
    'style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="page"/>'
    "</office:master-styles>"
)
"""As wide as the paper, as many pages as the rows need."""
_META = "<office:meta><meta:generator>ExamDesk</meta:generator></office:meta>"


def write_ods(sheets: list[Sheet], folder: Path, effort: Effort) -> Path:
    """Write the sheets into `folder`: typed cells, frozen headings, filters; nothing in them is a formula."""
    path = folder / NAME
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(zipfile.ZipInfo("mimetype", _EPOCH), MIME, zipfile.ZIP_STORED)
        members = {
            "content.xml": _content(sheets, effort),
            "styles.xml": iter((_HEAD % "styles", _PAGE, "</office:document-styles>")),
            "meta.xml": iter((_HEAD % "meta", _META, "</office:document-meta>")),
            "settings.xml": _settings(sheets),
        }
        for name, pieces in members.items():
            _write(package, name, pieces)
        _write(package, "META-INF/manifest.xml", _manifest(list(members)))
    return path


def _write(package: zipfile.ZipFile, name: str, pieces: Iterator[str]) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    with package.open(info, "w", force_zip64=False) as out:
        for piece in pieces:
            out.write(piece.encode())


def _manifest(names: list[str]) -> Iterator[str]:
    urn = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="{urn}" manifest:version="1.3">'
    yield f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIME}"/>'
    for name in names:
        yield f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
    yield "</manifest:manifest>"


def _content(sheets: list[Sheet], effort: Effort) -> Iterator[str]:
    yield _HEAD % "content"
    widths = sorted({column.width for sheet in sheets for column in sheet.columns})
    yield f"<office:automatic-styles>{_STYLES}"
    for width in widths:
        yield (
            f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width * _CM_A_CHARACTER:.2f}cm"/></style:style>'
        )
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    ranges = []
    for number, sheet in enumerate(sheets):
        rows = 2
        yield f'<table:table table:name={quoteattr(sheet.title)} table:style-name="sheet">'
        yield from (f'<table:table-column table:style-name="w{column.width}"/>' for column in sheet.columns)
        yield f"<table:table-row>{_text(sheet.about, 'about')}</table:table-row>"
        heads = "".join(_text(column.title, "head") for column in sheet.columns)
        yield f"<table:table-header-rows><table:table-row>{heads}</table:table-row></table:table-header-rows>"
        for row in sheet.rows:
            effort.step(0)
            cells = "".join(_cell(value, column) for value, column in zip(row, sheet.columns, strict=True))
            yield f"<table:table-row>{cells}</table:table-row>"
            rows += 1
        yield "</table:table>"
        ranges.append(_filter(number, sheet, max(rows, 3)))
    yield f"<table:database-ranges>{''.join(ranges)}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _filter(number: int, sheet: Sheet, rows: int) -> str:
    last = _letters(len(sheet.columns))
    address = f"'{sheet.title}'.A2:'{sheet.title}'.{last}{rows}"
    return (
        f'<table:database-range table:name="filter{number}" table:target-range-address={quoteattr(address)} '
        'table:display-filter-buttons="true"/>'
    )


def _letters(column: int) -> str:
    """Return the name of a column up to ZZ, `A` for 1."""
    high, low = divmod(column - 1, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


def _text(text: str, style: str = "") -> str:
    styled = f' table:style-name="{style}"' if style else ""
    lines = visible(text).replace("_x005F_", "_").split("\n")
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in lines)
    return f'<table:table-cell office:value-type="string"{styled}>{paragraphs}</table:table-cell>'


def _spaced(line: str) -> str:
    """Return a line in which spaces and tabs stay as many as they are (OpenDocument 1.3, part 3, 6.1.2)."""
    shown = escape(line).replace("\t", "<text:tab/>").replace("  ", " <text:s/>")
    return f"<text:s/>{shown[1:]}" if shown.startswith(" ") else shown


def _cell(value: Value, column: Column) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case str():
            return _text(value)
        case bool():
            return _text("yes" if value else "no")
        case datetime():
            moment = value.isoformat(timespec="seconds")
            return (
                f'<table:table-cell table:style-name="date" office:value-type="date" office:date-value="{moment}">'
                f"<text:p>{moment.replace('T', ' ')}</text:p></table:table-cell>"
            )
        case _:
            return _number(value, column)


def _number(value: float, column: Column) -> str:
    if column.style == PERCENT:
        return (
            f'<table:table-cell table:style-name="percent" office:value-type="percentage" office:value="{value}">'
            f"<text:p>{value:.1%}</text:p></table:table-cell>"
        )
    shown = f"<text:p>{value}</text:p>"
    return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'


def _settings(sheets: list[Sheet]) -> Iterator[str]:
    """Yield the view's settings: the two first rows stay in sight."""
    yield _HEAD % "settings"
    yield '<office:settings><config:config-item-set config:name="ooo:view-settings">'
    yield '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
    yield '<config:config-item-map-named config:name="Tables">'
    items = (("VerticalSplitMode", "short", 2), ("VerticalSplitPosition", "int", 2), ("PositionBottom", "int", 2))
    shown = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in items
    )
    for sheet in sheets:
        yield f"<config:config-item-map-entry config:name={quoteattr(sheet.title)}>{shown}"
        yield "</config:config-item-map-entry>"
    yield "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
    yield "</config:config-item-set></office:settings></office:document-settings>"
