"""Identifiers. Binary ids are 16 random bytes; they are shown as lower-case hexadecimal."""

from typing import NewType

ExamId = NewType("ExamId", bytes)
SessionId = NewType("SessionId", bytes)
JournalId = NewType("JournalId", bytes)
DeviceId = NewType("DeviceId", bytes)
StudentId = NewType("StudentId", str)
"""What the roster calls the student: a student number or a login."""
QuestionId = NewType("QuestionId", str)
SectionName = NewType("SectionName", str)

ID_BYTES = 16
