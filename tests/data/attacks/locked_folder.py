# takes all rights from a folder, so that the desk cannot delete it
# A,B,C: exit "locked"
import os
os.mkdir("locked")
open("locked/file.txt", "w").write("x")
os.chmod("locked/file.txt", 0)
os.chmod("locked", 0)
os.chmod(".", 0)
print("locked")
