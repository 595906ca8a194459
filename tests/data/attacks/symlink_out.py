# reads the journal through a symbolic link in its own folder
# A,B: exit "refused"
# C: exit "reached"
import os, sys
os.symlink(sys.argv[1], "innocent.txt")
try:
    open("innocent.txt").read()
    print("reached")
except OSError:
    print("refused")
