# looks for other files next to the journal
# A,B: exit "refused"
# C: exit "reached"
import os, sys
try:
    print("reached", os.listdir(os.path.dirname(sys.argv[1])))
except OSError:
    print("refused")
