# leaves a daemon behind in a session of its own
# A,B,C: exit "parent done"
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for handle in (0, 1, 2):
            os.close(handle)
        time.sleep(60)
    os._exit(0)
print("parent done")
