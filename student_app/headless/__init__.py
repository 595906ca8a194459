"""Desks without a screen: one that follows a script, or many that behave like a class."""
