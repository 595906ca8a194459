"""What changes an exam while it runs, and how its desks learn of it: commands, editions, the exam's file."""
