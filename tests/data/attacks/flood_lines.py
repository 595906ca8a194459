# prints lines without end
# A,B,C: output
while True:
    print("x" * 60)
