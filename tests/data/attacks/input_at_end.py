# asks for input when there is none
# A,B,C: exit "EOFError"
input("? ")
