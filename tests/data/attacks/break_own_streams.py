# replaces the streams by nonsense and fails
# A,B,C: exit "ZeroDivisionError"
import sys
sys.stdout = sys.stderr = None
1 / 0
