package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// page takes what one scrape gets.
type page struct {
	descs map[*series]*prometheus.Desc
	to    chan<- prometheus.Metric
}

// add adds a figure to a counter or gauge; values are those of the series' labels.
func (p page) add(s *series, figure float64, values ...string) {
	is := prometheus.GaugeValue
	if s.kind == counter {
		is = prometheus.CounterValue
	}
	p.to <- prometheus.MustNewConstMetric(p.descs[s], is, figure, values...)
}

// addSum adds to a summary how many durations there were, and how long they took together.
func (p page) addSum(s *series, n uint64, took time.Duration, values ...string) {
	p.to <- prometheus.MustNewConstSummary(p.descs[s], n, took.Seconds(), nil, values...)
}

// oneIf is a condition as a figure.
func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
