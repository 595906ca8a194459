"""The contract of both ends: events, log, crypto, exam document, wire messages, discovery records.

Pure: no Qt, no sockets, no threads, no database engine.
"""
