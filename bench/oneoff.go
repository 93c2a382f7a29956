package main

// oneOff asks what a one-off costs beyond its command: reading Procfile and .env,
// then becoming `true`.
func oneOff(b bed) scenario {
	return scenario{
		name:  "one-off",
		asks:  "running `true` in the app's environment: from fork to exit",
		unit:  "ms",
		goal:  5,
		times: 5,
		contenders: []contender{
			{"supervise run true", []string{b.supervise, "run", "true"}},
			{"env true", []string{"env", "true"}},
			{"sh -c true", []string{"sh", "-c", "true"}},
			{"tini -s -- true", []string{"tini", "-s", "--", "true"}},
			{"dumb-init true", []string{"dumb-init", "true"}},
			{"forego run true", []string{"forego", "run", "true"}},
			{"honcho run true", []string{"honcho", "run", "true"}},
			{"foreman run true", []string{"foreman", "run", "true"}},
		},
		sample: b.toTheEnd,
	}
}
