# floods both streams by turns
# A,B,C: output
import sys
while True:
    print("o" * 4000)
    print("e" * 4000, file=sys.stderr)
