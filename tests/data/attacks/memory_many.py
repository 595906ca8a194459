# has several processes of moderate size
# limits: memory_mb=64 seconds=3
# A,B,C: memory|exit
import os, time
children = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        data = b"x" * (40 << 20)
        time.sleep(1)
        os._exit(0)
    children.append(pid)
for pid in children:
    if os.waitpid(pid, 0)[1]:
        os.kill(os.getpid(), 9)
print("all lived")
time.sleep(1)
