"""What students' desks meet at the hub: the door, admission, and one connection each."""
