# prints bytes that are no text
# A,B,C: exit "end"
import os
os.write(1, bytes(range(256)) * 8)
os.write(2, b"\xff\xfe\xe2\x82")
print("end")
