"""The windows of the student program: what a person sees of the desk."""
