"""Python's words in the colours of the theme."""

from PyQt6.Qsci import QsciLexerPython
from PyQt6.QtGui import QColor, QFont

from shared.look import Palette


class PythonLexer(QsciLexerPython):
    """Colours only: no completion, no call tips, no folding."""

    def __init__(self) -> None:
        super().__init__()
        self.setFoldComments(False)
        self.setFoldQuotes(False)
        self.setHighlightSubidentifiers(False)

    def dress(self, colours: Palette, font: QFont) -> None:
        """Take over the colours of a theme and the code font."""
        syntax = colours.syntax
        bold = QFont(font)
        bold.setBold(True)
        self.setDefaultFont(font)
        self.setDefaultPaper(QColor(colours.surface))
        self.setDefaultColor(QColor(syntax.text))
        self.setColor(QColor(syntax.text), -1)
        self.setPaper(QColor(colours.surface), -1)
        self.setFont(font, -1)
        self.setEolFill(False, -1)
        for style in (self.Comment, self.CommentBlock):
            self.setColor(QColor(syntax.comment), style)
        for style in _STRINGS:
            self.setColor(QColor(syntax.string), style)
        for style in (self.ClassName, self.FunctionMethodName):
            self.setColor(QColor(syntax.definition), style)
        self.setColor(QColor(syntax.number), self.Number)
        self.setColor(QColor(syntax.keyword), self.Keyword)
        self.setFont(bold, self.Keyword)
        self.setColor(QColor(syntax.builtin), self.HighlightedIdentifier)
        self.setColor(QColor(syntax.decorator), self.Decorator)

    def keywords(self, number: int) -> str:
        """Return the words of a set: 1 the language's, 2 the builtins."""
        return {1: _KEYWORDS, 2: _BUILTINS}.get(number, "")


_STRINGS = (
    QsciLexerPython.DoubleQuotedString,
    QsciLexerPython.SingleQuotedString,
    QsciLexerPython.TripleDoubleQuotedString,
    QsciLexerPython.TripleSingleQuotedString,
    QsciLexerPython.DoubleQuotedFString,
    QsciLexerPython.SingleQuotedFString,
    QsciLexerPython.TripleDoubleQuotedFString,
    QsciLexerPython.TripleSingleQuotedFString,
    QsciLexerPython.UnclosedString,
)
_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield"
)
_BUILTINS = (
    "abs all any bin bool bytearray bytes callable chr dict dir divmod enumerate filter float format frozenset getattr "
    "hasattr hash hex id input int isinstance issubclass iter len list map max min next object oct open ord pow print "
    "property range repr reversed round self set setattr slice sorted staticmethod str sum super tuple type zip"
)
