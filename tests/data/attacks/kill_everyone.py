# kills every process that it may; never tried without protection
# A,B: exit "refused"
import os, signal
try:
    os.kill(-1, signal.SIGKILL)
    print("reached")
except OSError:
    print("refused")
