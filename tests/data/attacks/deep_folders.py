# makes folders in folders, deeper than a path can name
# A,B,C: exit "deep"
import os
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
print("deep")
