# leaves links, pipes and sockets behind, for the desk to fall over when it collects files
# A,B,C: exit "left"
import os, socket, sys
os.symlink(sys.argv[1], "link.txt")
os.symlink("/dev/zero", "endless.txt")
os.symlink(".", "loop")
os.mkfifo("pipe.txt")
print("left")
