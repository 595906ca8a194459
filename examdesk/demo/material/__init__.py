"""The demonstration's exam, names and ways to solve each question, as files of the package."""
