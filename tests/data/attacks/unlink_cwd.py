# deletes its own working directory, then fails
# A,B,C: exit "ZeroDivisionError"
import os, shutil
shutil.rmtree(os.getcwd(), ignore_errors=True)
1 / 0
