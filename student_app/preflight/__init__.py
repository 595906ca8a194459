"""The preflight of one seat: what on this PC or in its network would be in the way of an exam, and what to do about it.

`facts` are what was found, `checks` turn them into results by pure functions, `probing` and `network` find them out on
the real PC, `program` runs it without a window. Nothing here keeps anybody out of an exam.
"""
