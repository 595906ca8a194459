# exhausts the stack below Python
# A,B,C: exit|signal|memory
import sys
sys.setrecursionlimit(10**9)
def down(n):
    return [*map(down, [n + 1])]
down(0)
