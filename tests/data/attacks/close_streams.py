# closes its streams and goes on
# A,B,C: time|exit
import os, time
for handle in range(0, 10):
    try:
        os.close(handle)
    except OSError:
        pass
time.sleep(30)
