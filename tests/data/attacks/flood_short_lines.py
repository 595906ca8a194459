# prints empty lines without end
# limits: output_kb=1024
# A,B,C: output
import os
while True:
    os.write(1, b"\n" * 4096)
