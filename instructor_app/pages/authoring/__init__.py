"""The exam editor: an outline on the left, a form or an editor beside it, what is wrong below."""
