"""The demonstration: a whole exam with simulated students, from the empty folder to the verified record."""
