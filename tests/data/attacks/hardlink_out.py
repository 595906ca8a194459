# makes a hard link to the journal
# A,B: exit "refused"
# C: exit
import os, sys
try:
    os.link(sys.argv[1], "innocent.txt")
    print("reached")
except OSError:
    print("refused")
