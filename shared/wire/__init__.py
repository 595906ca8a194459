"""What travels between desk and hub: typed messages in msgpack, and the two documents that the hub signs.

`messages` are the frames of a connection, `codec` their bytes and limits, `standing` what the hub says of a session
(times, phase, pause) and the notices it sends, both signed with the exam key so that they hold offline too.
"""
