"""Everything that leaves the hub as files: session JSON, events CSV, workbook, report and evidence bundle.

`everything.export_all` makes them from read-only access to the records, in any process.
"""
