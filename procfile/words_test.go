package procfile

import (
	"slices"
	"testing"
)

// wordsEnv is the environment of the tables below.
func wordsEnv(name string) (string, bool) {
	value, ok := map[string]string{
		"PORT": "5000", "HOME": "/home/me", "DYNO": "worker.1", "MONGO_PORT": "27017", "ADMIN_PORT": "7001",
		"JAVA_OPTS": "-Xmx300m -Xss512k", "QUEUES": "*", "EMPTY": "", "TITLE": "my  app", "RUN": "bin/run", "CD": "cd",
		"KEY": "-----BEGIN\nx\n-----END\n", "NAME": "café", "DIR": `C:\x`, "BRACES": "{a,b}",
	}[name]
	return value, ok
}

// Most are from public Procfiles.
var directCommands = []struct {
	command string
	env     []string
	argv    []string
}{
	{"bundle exec puma -C config/puma.rb", nil, []string{"bundle", "exec", "puma", "-C", "config/puma.rb"}},
	{"gunicorn app:app --bind 0.0.0.0:$PORT", nil, []string{"gunicorn", "app:app", "--bind", "0.0.0.0:5000"}},
	{"RAILS_ENV=production bin/rails s -p $PORT", []string{"RAILS_ENV=production"}, []string{"bin/rails", "s", "-p", "5000"}},
	{`node server.js --name "my app"`, nil, []string{"node", "server.js", "--name", "my app"}},
	{"python -m http.server ${PORT}", nil, []string{"python", "-m", "http.server", "5000"}},
	{"  vendor/bin/heroku-php-nginx\t-C nginx_app.conf  /public ", nil, []string{"vendor/bin/heroku-php-nginx", "-C", "nginx_app.conf", "/public"}},
	{`gunicorn "app:create_app('production')" --workers 3`, nil, []string{"gunicorn", "app:create_app('production')", "--workers", "3"}},
	{"rails s -b '0.0.0.0'", nil, []string{"rails", "s", "-b", "0.0.0.0"}},
	{`REDIS_URL='redis://' python manage.py migrate`, []string{"REDIS_URL=redis://"}, []string{"python", "manage.py", "migrate"}},
	{`SIDEKIQ_QUEUES="low_prio:1;tags:2" bundle exec sidekiq`, []string{"SIDEKIQ_QUEUES=low_prio:1;tags:2"}, []string{"bundle", "exec", "sidekiq"}},
	{"PORT=$ADMIN_PORT ./bin/admin", []string{"PORT=7001"}, []string{"./bin/admin"}},
	{"A= B='' app", []string{"A=", "B="}, []string{"app"}},
	{"PORT=1 app $PORT", []string{"PORT=1"}, []string{"app", "5000"}},
	{"QUEUE=* bundle exec rake resque:work", []string{"QUEUE=*"}, []string{"bundle", "exec", "rake", "resque:work"}},
	{"A=1 A=2 app", []string{"A=1", "A=2"}, []string{"app"}},
	{"sh -c 'cd sites && exec celery -n jobs@%h'", nil, []string{"sh", "-c", "cd sites && exec celery -n jobs@%h"}},
	{"celery --app=taskapp worker --hostname=$DYNO@%h -Ofair", nil, []string{"celery", "--app=taskapp", "worker", "--hostname=worker.1@%h", "-Ofair"}},
	{`clojure -X:run :opt '{:a "b"}'`, nil, []string{"clojure", "-X:run", ":opt", `{:a "b"}`}},
	{"ruby -e 'puts \"$PORT\"'", nil, []string{"ruby", "-e", `puts "$PORT"`}},
	{"env QUEUE='*' rake resque:work", nil, []string{"env", "QUEUE=*", "rake", "resque:work"}},
	{`app "$TITLE" "$EMPTY" $EMPTY $UNSET "${UNSET}"`, nil, []string{"app", "my  app", "", ""}},
	{`app "$KEY" "$NAME" "$QUEUES" "$DIR"`, nil, []string{"app", "-----BEGIN\nx\n-----END\n", "café", "*", `C:\x`}},
	{`app \$PORT "\$PORT \"x\" \\" a\ b it\'s`, nil, []string{"app", "$PORT", `$PORT "x" \`, "a b", "it's"}},
	{"$RUN $HOME/x", nil, []string{"bin/run", "/home/me/x"}},
	{"app a#b c=d =e x^y !z", nil, []string{"app", "a#b", "c=d", "=e", "x^y", "!z"}},
	{"app 'é'", nil, []string{"app", "é"}},
	{"./cd /srv", nil, []string{"./cd", "/srv"}},
}

var shellCommands = []struct{ command, why string }{
	{"cd client && npm run dev:hot", `uses "&&"`},
	{"cd client", `"cd" is a shell builtin`},
	{"exec gunicorn app:app", `"exec" is a shell builtin`},
	{"'echo' hello", `"echo" is a shell builtin`},
	{"$CD /srv", `"cd" is a shell builtin`},
	{"while true; do npm run harvey; done", `uses ";"`},
	{"time bin/run", `"time" is a shell builtin`},
	{"! bin/run", `"!" is a shell builtin`},
	{"gunicorn app:app --log-file=- 2>&1", `uses ">&"`},
	{"tail -f log/*.log", `uses "*"`},
	{"env QUEUE=* rake resque:work", `uses "*"`},
	{"QUEUE* rake", `uses "*"`},
	{"(cd site; php -S localhost:$PORT)", `uses "("`},
	{"$(npm bin)/coffee", `uses "$("`},
	{"dex -o `pwd`", "uses \"`\""},
	{"app \"`pwd`\"", "uses \"`\""},
	{"rails s -p ${PORT:-3000}", `uses "${"`},
	{"kill -TERM -$$", `uses "$$"`},
	{"app $1", `uses "$1"`},
	{"app $'a'", `uses "$'"`},
	{"app $", `uses "$"`},
	{`brain D:\AI`, `uses "\A"`},
	{`app "a\tb"`, `uses "\t"`},
	{`app \`, `uses "\"`},
	{"hypercorn app --bind [::]:$PORT", `uses "["`},
	{"app {a,b}", `uses "{"`},
	{"ls ~/x", `uses "~"`},
	{"python3 web.py # comment", "has a comment"},
	{"app 'open", "has an open quote"},
	{`app "open`, "has an open quote"},
	{"app é", `has "é" outside quotes`},
	{"app \u00a0b", "has \"\u00a0\" outside quotes"},
	{"app a\nb", "has several lines"},
	{"app a\rb", "has a control character"},
	{"app \xff", "is not UTF-8 text"},
	{"java $JAVA_OPTS -jar x.jar", "$JAVA_OPTS would be split"},
	{"rake work $QUEUES", "$QUEUES would be globbed"},
	{"app $DIR", "$DIR would be globbed"},
	{"app $BRACES", "$BRACES may have its braces expanded"},
	{"app $NAME", "$NAME is not plain text"},
	{`app "$NAMEé"`, "the end of $NAME is in doubt"},
	{"app --dir $PWD", "$PWD is the shell's"},
	{"app $HOSTNAME", "$HOSTNAME is the shell's"},
	{"PATH=bin:$PATH app", "$PATH is the shell's"},
	{"PATH=bin app", "assigns PATH"},
	{"A=1 B=$A app", "$A is assigned before it"},
	{"A=1", "has no command"},
	{"", "has no command"},
	{"$EMPTY app", "its command is empty"},
	{"'' app", "its command is empty"},
	{"A+=1 app", "may be an assignment"},
	{"-x", `begins with "-"`},
	{"%1", `begins with "%"`},
}

// realCommands are those of the tables.
func realCommands(tb testing.TB) []string {
	tb.Helper()
	var commands []string
	for _, test := range directCommands {
		commands = append(commands, test.command)
	}
	for _, test := range shellCommands {
		commands = append(commands, test.command)
	}
	return commands
}

func TestPlainCommandsAreSplit(t *testing.T) {
	for _, test := range directCommands {
		got := Words(test.command, wordsEnv)
		if got.Shell || !slices.Equal(got.Argv, test.argv) || !slices.Equal(got.Env, test.env) || got.Why != "" {
			t.Errorf("Words(%q) = %+v, want %q with %q", test.command, got, test.argv, test.env)
		}
	}
}

func TestOtherCommandsGoUntouchedToTheShell(t *testing.T) {
	for _, test := range shellCommands {
		got := Words(test.command, wordsEnv)
		if want := []string{"/bin/sh", "-c", test.command}; !got.Shell || !slices.Equal(got.Argv, want) || got.Env != nil {
			t.Errorf("Words(%q) = %+v, want %q", test.command, got, want)
		}
		if got.Why != test.why {
			t.Errorf("Words(%q).Why = %q, want %q", test.command, got.Why, test.why)
		}
	}
}
