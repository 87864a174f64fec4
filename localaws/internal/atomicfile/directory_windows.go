package atomicfile

// syncDirectory does nothing: Windows writes names to the disk by itself, and
// cannot be asked to.
func syncDirectory(string) error { return nil }
