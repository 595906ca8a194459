"""People, sessions and journals as the hub holds them, and what holds for each session by the exam and all commands."""
