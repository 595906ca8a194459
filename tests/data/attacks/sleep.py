# does nothing for a long time
# A,B,C: time
import time
time.sleep(600)
