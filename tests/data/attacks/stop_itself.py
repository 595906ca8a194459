# stops itself
# A,B,C: time
import os, signal
os.kill(os.getpid(), signal.SIGSTOP)
