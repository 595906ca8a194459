"""What the hub keeps: where, under whose key, written by one thread, restored, rebuilt and brought on sticks."""
