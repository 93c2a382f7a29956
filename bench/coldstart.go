package main

// coldStart asks for the price of just being started. The file cache is warm: cold
// is the process, not the disk. `true` is the floor: a program that does nothing.
func coldStart(b bed) scenario {
	return scenario{
		name:  "cold-start",
		asks:  "printing one's version: from fork to exit",
		unit:  "ms",
		goal:  15,
		times: 5,
		contenders: []contender{
			{"supervise version", []string{b.supervise, "version"}},
			{"true", []string{"true"}},
			{"tini --version", []string{"tini", "--version"}},
			{"forego version", []string{"forego", "version"}},
			{"goreman version", []string{"goreman", "version"}},
			{"hivemind --version", []string{"hivemind", "--version"}},
			{"overmind --version", []string{"overmind", "--version"}},
			{"honcho version", []string{"honcho", "version"}},
			{"foreman version", []string{"foreman", "version"}},
		},
		sample: b.toTheEnd,
	}
}
