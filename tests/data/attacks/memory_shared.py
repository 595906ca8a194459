# takes shared memory, which counts for no single process's data
# limits: memory_mb=64 seconds=3
# A,B,C: memory|exit|signal|disk
import mmap
held = []
for _ in range(40):
    block = mmap.mmap(-1, 16 << 20)
    for place in range(0, len(block), 4096):
        block[place] = 1
    held.append(block)
print("reached")
