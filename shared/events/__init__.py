"""What can happen in a session: one typed payload a kind, and how payloads become lines of JSON.

`kinds` declares the payloads, `codec` turns them into the bytes that are hashed and back. Kinds and fields
that this version does not know are kept: see `Unknown`.
"""

from shared.events.codec import MAX_PAYLOAD_BYTES, Unknown, decode, encode, is_line, pieces
from shared.events.kinds import KINDS, Payload

__all__ = ["KINDS", "MAX_PAYLOAD_BYTES", "Payload", "Unknown", "decode", "encode", "is_line", "pieces"]
