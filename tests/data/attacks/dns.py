# looks a name up
# A,B,C: exit "refused" network
import urllib.request
try:
    urllib.request.urlopen("http://example.org/")
    print("reached")
except OSError:
    print("refused")
