# prints a character byte by byte
# A,B,C: exit "€😀"
import os, time
for byte in "€😀".encode():
    os.write(1, bytes([byte]))
    time.sleep(0.01)
