"""The desk: core and net without Qt; editor, views in PyQt6 and QScintilla."""
