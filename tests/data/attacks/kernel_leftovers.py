# leaves shared memory and queues of System V in the kernel, which no process holds
# A: exit "done"
# B: exit "refused"
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
print("done" if libc.shmget(0x45444553, 1 << 20, 0o1600) >= 0 else "refused")
