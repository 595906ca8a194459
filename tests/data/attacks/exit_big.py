# leaves with a code that does not fit
# A,B,C: exit=44
import sys
sys.exit(300)
