"""The integrity report and each student's part of it as PDF, for files and committees that want paper."""
