# leaves with a sentence
# A,B,C: exit=1 "a sentence"
import sys
sys.exit("a sentence")
