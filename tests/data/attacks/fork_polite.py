# starts as many processes as it gets, and tells
# limits: processes=10
# A,B: exit "refused"
# C: exit|processes
import os, time
for count in range(60):
    try:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
    except OSError:
        print("refused", count)
        break
