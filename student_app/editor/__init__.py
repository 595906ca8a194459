"""The code editor: QScintilla without helpers that write code, and the capture of every change."""
