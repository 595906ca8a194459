"""The hub: serves one exam on the classroom's network and owns its records.

`hub` puts it together; `transport` and `gate` are the door, `desks` a student's connection, `admission` who gets in,
`writer` the one thread that stores and signs receipts, `control` what staff command, `staff` the staff API.
"""
