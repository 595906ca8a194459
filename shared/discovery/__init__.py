"""How a desk learns where a hub may be: a hint on the network, a file, a link or a typed address. Never a proof."""
