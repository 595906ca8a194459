# asks for 10 GB
# A,B,C: memory "MemoryError"
data = bytearray(10 << 30)
