"""Class lists: reading them from the files that people have, previewing what would change, and finding a student."""
