# crashes the interpreter
# A,B,C: signal "before"
import ctypes
print("before")
ctypes.string_at(0)
