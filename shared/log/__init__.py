"""The event log: headers, chain, signed batches, receipts, and the verifier (docs/protocol.md, L clauses).

`entry` is one event as bytes, `writer` appends events to a chain, `batch` and `receipt` are what the two sides sign,
`record` is the text form for export, `verify` checks a record and says where it stops holding.
"""
