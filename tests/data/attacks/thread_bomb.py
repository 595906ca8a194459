# starts threads without end
# A,B,C: exit|time|memory|processes|signal
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
