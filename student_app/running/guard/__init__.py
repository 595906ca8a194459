"""What runs inside the child interpreter: standard library only, Python 3.9 or newer, nothing of ours imported."""
