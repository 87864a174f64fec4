package route53

// CheckForTest runs what reads names and values.
func CheckForTest(name, value string) {
	if canonical, err := canonicalName(name); err == nil {
		again, err := canonicalName(canonical)
		if err != nil || again != canonical {
			panic("the canonical form of " + name + " is not stable: " + canonical)
		}
		if fromWire, err := fromDNS(toDNS(canonical)); err != nil || fromWire != canonical {
			panic("the DNS form of " + canonical + " is not the same name: " + fromWire)
		}
	}
	for recordType := range types {
		if checkValue(recordType, value) == "" {
			if _, err := parseValue("x.test.", recordType, 1, value); err != nil {
				panic("accepted, but unreadable: " + value)
			}
		}
	}
}
