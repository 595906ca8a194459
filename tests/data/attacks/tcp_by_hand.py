# connects by TCP without Python's socket module
# A,B: exit "refused"
# C: exit "reached"
import ctypes, sys
libc = ctypes.CDLL(None)
handle = libc.socket(2, 1, 0)
address = b"\x02\x00" + int(sys.argv[2]).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
print("refused" if handle < 0 or libc.connect(handle, address, 16) < 0 else "reached")
