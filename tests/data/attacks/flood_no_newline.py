# prints without a newline, without end
# A,B,C: output
import sys
while True:
    sys.stdout.write("x" * 65536)
