package metrics

import (
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// page is what one scrape gets.
type page map[*series]*dto.MetricFamily

// add adds a figure to a counter or gauge; values are those of the series' labels.
func (p page) add(s *series, figure float64, values ...string) {
	m := p.metric(s, values)
	if s.kind == counter {
		m.Counter = &dto.Counter{Value: &figure}
	} else {
		m.Gauge = &dto.Gauge{Value: &figure}
	}
}

// addHistogram adds the state of h.
func (p page) addHistogram(s *series, h *durations, values ...string) {
	count, sum := h.count, h.sum.Seconds()
	d := &dto.Histogram{SampleCount: &count, SampleSum: &sum}
	var below uint64
	for i, limit := range limits {
		below += h.within[i]
		cumulative, seconds := below, limit.Seconds()
		d.Bucket = append(d.Bucket, &dto.Bucket{CumulativeCount: &cumulative, UpperBound: &seconds})
	}
	p.metric(s, values).Histogram = d
}

func (p page) metric(s *series, values []string) *dto.Metric {
	family := p[s]
	if family == nil {
		family = &dto.MetricFamily{Name: &s.name, Help: &s.help, Type: &s.kind}
		p[s] = family
	}
	m := &dto.Metric{Label: make([]*dto.LabelPair, len(values))}
	pairs := make([]dto.LabelPair, len(values))
	for i := range values {
		pairs[i].Name, pairs[i].Value = &s.labels[i], &values[i]
		m.Label[i] = &pairs[i]
	}
	family.Metric = append(family.Metric, m)
	return m
}

// write writes the page in the order of the table.
func (p page) write(w io.Writer, f expfmt.Format) error {
	e := expfmt.NewEncoder(w, f)
	for _, s := range table {
		if family := p[s]; family != nil {
			if err := e.Encode(family); err != nil {
				return err
			}
		}
	}
	if end, ok := e.(expfmt.Closer); ok { // OpenMetrics has a last line
		return end.Close()
	}
	return nil
}

// oneIf is a condition as a figure.
func oneIf(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
