# asks for namespaces of its own, where it would be root
# A,B: exit "refused"
# C: exit
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print("reached" if libc.unshare(0x10000000 | 0x00020000) == 0 else "refused")
