# sends a signal to another program of the same user
# A,B: exit "refused"
# C: exit "reached"
import os, sys
try:
    os.kill(int(sys.argv[3]), 0)
    print("reached")
except OSError:
    print("refused")
