# reads the journal in the student's home folder
# A,B: exit "refused"
# C: exit "reached"
import sys
try:
    print("reached", open(sys.argv[1]).read())
except OSError:
    print("refused")
