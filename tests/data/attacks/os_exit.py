# leaves without tidying up
# A,B,C: exit=7 "before"
import os
print("before", end="")
os._exit(7)
