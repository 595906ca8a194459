# imports the desk's own packages
# A,B,C: exit "refused" import
try:
    import student_app
    print("reached")
except ImportError:
    print("refused")
