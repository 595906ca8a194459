# reads the environment of another program through /proc
# A,B: exit "refused"
# C: exit "reached"
import sys
try:
    open(f"/proc/{sys.argv[3]}/environ", "rb").read()
    print("reached")
except OSError:
    print("refused")
