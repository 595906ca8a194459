"""Everything that leaves the hub as files: session JSON, events CSV, workbook, report and evidence bundle.

`everything.export_all` makes them from read-only access to the records; for a running hub
the hub calls it in a process of its own. `importing` takes what a student's stick brings back.
"""
