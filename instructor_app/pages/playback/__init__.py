"""The session view: a timeline, the text at any moment, runs, differences; live or afterwards."""
