# loops without end
# A,B,C: time
while True:
    pass
