"""A rehearsal before the day: simulated students load the real laptop, and what it held is reported."""
