"""What strangers may use of the hub, in one place (threats 16 and 17)."""

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Counts are connections, times seconds, sizes bytes."""

    pending: int = 64
    """Connections that have not finished TLS and the opening handshake."""
    pending_per_address: int = 8
    handshake_seconds: float = 10.0
    stale_seconds: float = 1.0
    """A pending connection that is older gives way when all places are taken."""
    unproven: int = 1024
    """Open connections that have not joined or resumed yet."""
    unproven_per_address: int = 64
    loopback_exempt: bool = True
    """Simulated desks come from this computer's own address."""
    quiet_seconds: float = 20.0
    """After so long without a byte the hub asks whether the other side is there …"""
    dead_seconds: float = 50.0
    """… and after so long it lets go."""
    unsent: int = 8 * 1024 * 1024
    """Bytes that wait for a slow reader before it is let go."""
    desk_message: int = 256 * 1024
    staff_message: int = 16 * 1024 * 1024
    questions: int = 16
    """Frames of one desk that wait for an answer, beside its events."""
    queue_bytes: int = 32 * 1024 * 1024
    """Events that wait for the disk before the hub stops reading from desks."""
    proofs_waiting: int = 64
    slot_failures: int = 5
    """Wrong personal codes for one student; after them a person lets the student in."""
