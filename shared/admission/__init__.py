"""Who is the hub, and who is the student: access codes, the proof by password, and endorsements."""
