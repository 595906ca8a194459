"""What holds for each session: commands, the standings that they change, and what the hub signs of them."""
