# prints half a character
# A,B,C: exit "UnicodeEncodeError"
print("\ud800")
