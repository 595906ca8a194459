"""What staff do at the hub: who they are, what each role may, and a module for each group of requests."""
