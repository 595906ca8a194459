# writes into the journal
# A,B: exit "refused"
# C: exit "reached"
import sys
try:
    open(sys.argv[1], "a").write("")
    print("reached")
except OSError:
    print("refused")
