"""The panel beside the live table about the room as a whole: what was said, handed in, lost, and noted."""
