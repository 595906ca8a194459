"""Advice on where journals are kept."""

from pathlib import Path

from student_app.core.places import advice

MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
//s/x /mnt/my\040share cifs rw 0 0
"""


def test_a_network_home_is_pointed_out():
    assert "on the network" in advice(Path("/home/ada/exams"), MOUNTS)
    assert "on the network" in advice(Path("/mnt/my share/x"), MOUNTS)


def test_a_disk_that_forgets_is_pointed_out():
    assert "forgets" in advice(Path("/tmp/exams"), MOUNTS)


def test_an_own_disk_is_fine():
    assert advice(Path("/var/lib/examdesk"), MOUNTS) == ""
