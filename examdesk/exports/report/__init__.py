"""The integrity report: one HTML file with everything in it, to read on a screen or on paper."""
