# kills its parent, the guardian
# A,B: exit "refused"
# C: signal
import os, signal, time
try:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(1)
except OSError:
    print("refused")
