"""The exam document: read and checked, edited, drawn, packed and sealed.

An exam is a folder: `exam.toml` and `questions/<id>/` with `question.md`, `starter/`, `data/`, `checks/` (shown to
students) and `hidden-checks/` (never leave the hub). The format is described in docs/exam-format.md.
"""
