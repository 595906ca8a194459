"""Exams of other systems, made into exam folders."""
