# writes many files, each as large as allowed
# limits: file_mb=2 seconds=3
# A,B,C: disk
import time
for number in range(20):
    open(f"fill{number}.bin", "wb").write(b"0" * (1 << 20))
time.sleep(30)
