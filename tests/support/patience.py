"""How long a test waits for what certainly comes: so long that no busy machine is late. Never a measure of speed."""

PATIENCE_S = 60
PATIENCE_MS = PATIENCE_S * 1000
