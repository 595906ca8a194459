"""Keys, signatures, envelopes, certificates and sealed boxes: thin, typed, without any state of their own."""
