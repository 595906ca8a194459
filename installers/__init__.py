"""What turns the programs into things that IT staff can roll out; see README.md."""
