"""The desk without a screen: recorder, journal, session, and the `Desk` that window, headless and simulator drive."""
