"""Bundles: a session or an exam as one file.

`container` is the file form (a ZIP in one canonical spelling), `evidence` the evidence bundle that anyone verifies
(docs/protocol.md, B clauses).
"""
