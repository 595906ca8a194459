# asks for ever more memory
# limits: memory_mb=64 seconds=3
# A,B,C: memory
data = []
while True:
    data.append(bytearray(1 << 20))
