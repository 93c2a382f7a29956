package ports

import (
	"fmt"
	"net"
)

// Free asks the system for n different ports that Check finds free. They are not
// reserved: they come from the range that outgoing connections use too (Linux:
// net.ipv4.ip_local_port_range), so the sooner somebody listens, the better.
func Free(n int) ([]int, error) {
	free := make([]int, 0, n)
	seen := make(map[int]bool, n)
	for range 10 { // on macOS the system also offers what is taken on 127.0.0.1
		offered, err := offers(n - len(free))
		if err != nil {
			return nil, fmt.Errorf("cannot find %d free ports: %w", n, err)
		}
		for _, port := range offered {
			if !seen[port] && Check(port) == nil {
				free = append(free, port)
			}
			seen[port] = true
		}
		if len(free) == n {
			return free, nil
		}
	}
	return nil, fmt.Errorf("cannot find %d free ports: of %d offered by the system only %d were", n, len(seen), len(free))
}

// offers takes n ports from the system, all at the same time so that they differ.
func offers(n int) ([]int, error) {
	var offered []int
	for range n {
		listener, err := net.Listen("tcp", ":0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		offered = append(offered, listener.Addr().(*net.TCPAddr).Port)
	}
	return offered, nil
}
