# attaches to another program as a debugger does
# A,B: exit "refused"
# C: exit
import ctypes, sys
result = ctypes.CDLL(None, use_errno=True).ptrace(16, int(sys.argv[3]), 0, 0)
print("reached" if result == 0 else "refused")
