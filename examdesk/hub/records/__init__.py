"""What the hub keeps: where, under whose key, written by one thread, read and derived again."""
