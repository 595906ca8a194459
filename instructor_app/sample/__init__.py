"""A made-up class behind the same port as a real hub: for screenshots, and for trying the window without students."""

from instructor_app.sample.hub import SampleHub

__all__ = ["SampleHub"]
