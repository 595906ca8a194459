# leaves a child behind that holds the output open and goes on printing
# A,B,C: exit "parent done"
import os, time
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(0.05)
        os.write(1, b"still here\n")
time.sleep(0.1)
print("parent done")
