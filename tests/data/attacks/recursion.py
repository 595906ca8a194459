# calls itself without end
# A,B,C: exit "RecursionError"
def down(n):
    return down(n + 1)
down(0)
