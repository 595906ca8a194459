"""What every page gets from the composition root."""

from dataclasses import dataclass

from instructor_app.bridge import Bridge
from instructor_app.kept_key import KeptKey
from instructor_app.preferences import Preferences
from instructor_app.state import ClassState
from instructor_app.theme import Look
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Kit:
    """Look, memory, the way to the hub, what is known of the class, time, the key on its stick."""

    look: Look
    preferences: Preferences
    bridge: Bridge
    state: ClassState
    clock: Clock
    key: KeptKey
