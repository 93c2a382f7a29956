package control

import "testing"

func TestALaunchThatDoesNotGetReadyEndsTheRoll(t *testing.T) {
	for how, want := range map[behaviour]string{
		crash: "web.1 is backing off: exited 1\nthe roll ends here, the rest goes on as it was",
		mute:  "web.1 is not ready after 0.05s\nthe roll ends here, the rest goes on as it was",
	} {
		a := start(t, nil, typ("web", 3))
		a.become("web", how)
		expect(t, func(told func(Change)) error {
			return a.client.Restart(a.ctx(t), []string{"web"}, false, told)
		}, want)
		all, err := a.client.Instances(a.ctx(t))
		if err != nil {
			t.Fatal(err)
		}
		if all[1].Launch != 1 || all[2].Launch != 1 {
			t.Errorf("web.2 is at launch %d and web.3 at %d, want 1 and 1", all[1].Launch, all[2].Launch)
		}
	}
}

func TestAnExtraInstanceThatDoesNotGetReadyEndsTheRoll(t *testing.T) {
	for _, how := range []behaviour{crash, mute} {
		web := typ("web", 2)
		web.Gated, web.Surge = true, true
		a := start(t, nil, web)
		a.become("web", how)
		expect(t, func(told func(Change)) error {
			return a.client.Restart(a.ctx(t), []string{"web"}, false, told)
		}, "the roll ends here: web.3, which was to serve meanwhile, does not get ready: nothing else was touched")
	}
}

func TestARollThatIsReplacedSaysSo(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	a.become("web", linger)
	replaced := make(chan error)
	go func() { replaced <- a.client.Restart(a.ctx(t), []string{"web"}, false, nil) }()
	a.until(t, "web.1", "stopping")
	expect(t, func(told func(Change)) error {
		return a.client.Restart(a.ctx(t), []string{"worker"}, false, told)
	}, "", "worker.1 up pid 3, was 2")
	want := "the roll has not got through: another roll replaces it"
	if err := <-replaced; err == nil || err.Error() != want {
		t.Errorf("the first one says %v, want %s", err, want)
	}
}
