package metrics

import "github.com/prometheus/client_golang/prometheus"

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

// oneIf is a condition as a figure.
func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
