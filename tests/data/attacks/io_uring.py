# opens the queue through which calls would pass unfiltered
# A,B: exit "refused"
# C: exit
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("reached" if libc.syscall(425, 4, bytes(120)) >= 0 else "refused")
