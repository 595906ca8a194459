# stays inside one call for hours
# A,B,C: time
pow(3, 10**9, 7**(10**7))
