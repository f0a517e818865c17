"""Files that somebody exported, whatever made them: found, opened, unpacked, decoded and cut into rows, of any size.

It knows nothing of what a row means: that is `auditor.sign_ins.formats`.
"""
