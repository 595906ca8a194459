"""What comes back: journals on sticks or that these records lost, staff's records and the exam after a takeover."""
