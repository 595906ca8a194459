"""The exam as the hub serves it: its sealed content, its packages, and files for sticks."""
