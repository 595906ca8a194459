"""Tables: rows with ids, updated row by row, one delegate that only paints, one box around each of them."""
