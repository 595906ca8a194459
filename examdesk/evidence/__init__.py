"""What event logs say: pure functions from events to workspaces, signals and projections."""
