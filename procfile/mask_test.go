package procfile

import "testing"

func TestNamesThatTellOfSecrets(t *testing.T) {
	for _, name := range []string{
		"KEY", "AWS_ACCESS_KEY_ID", "SECRET_KEY_BASE", "GITHUB_TOKEN", "POSTGRES_PASSWORD", "dbPassword", "MYSQL_PASSWD", "SSH_PASSPHRASE",
		"GOOGLE_CREDENTIALS", "VAPID_PRIVATE", "PG_PASS", "DATABASE_PW", "DB_PWD", "smtp.pass", "SENTRY_DSN", "ACCESS_TOKEN_SALT", "BASIC_AUTH",
		"SLACK_WEBHOOK_URL", "JWT_PEM", "AWS_CREDS",
	} {
		if !Secret(name) {
			t.Errorf("Secret(%q) = false, want true", name)
		}
	}
	for _, name := range []string{
		"PORT", "HOME", "PWD", "OLDPWD", "DATABASE_URL", "COMPASS", "PASSENGER_POOL", "BYPASS", "AUTH_URL", "SSH_AUTH_SOCK", "AUTHOR", "SALTED", "",
	} {
		if Secret(name) {
			t.Errorf("Secret(%q) = true, want false", name)
		}
	}
}

func TestSecretsAreMaskedInValues(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"API_KEY", "x", "****"},
		{"API_KEY", "", ""},
		{"PORT", "5000", "5000"},
		{"DATABASE_URL", "postgres://user:hunter2@host:5432/db", "postgres://user:****@host:5432/db"},
		{"REDIS_URL", "redis://:hunter2@host", "redis://:****@host"},
		{"URLS", "redis://a:x@h1,redis://b:y@h2 amqp://c:z@h3", "redis://a:****@h1,redis://b:****@h2 amqp://c:****@h3"},
		{"URL", "postgres://u:hun/t@er#2@h/db", "postgres://u:****@h/db"},
		{"URL", "jdbc:postgresql://h/db?user=u&password=hunter2&ssl=1", "jdbc:postgresql://h/db?user=u&password=****&ssl=1"},
		{"URL", "http://localhost:3000/@me", "http://localhost:3000/@me"},
		{"URL", "https://user@host/", "https://user@host/"},
		{"URL", "http://h/?next=http://u:p@i/", "http://h/?next=http://u:****@i/"},
		{"MAIL", "me@example.com", "me@example.com"},
		{"REDIS_ARGS", "--pass hunter2", "--pass ****"},
		{"DEBUG", "false", "false"},
	}
	c, _ := LoadEnv([]string{"API_KEY=hunter2", "TOKENS=false"})
	for _, test := range tests {
		if got := MaskValue(test.name, test.value, c); got != test.want {
			t.Errorf("MaskValue(%q, %q) = %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

func TestSecretsAreMaskedInText(t *testing.T) {
	c, _ := LoadEnv([]string{"PORT=5000", "A_KEY=hunter2", "B_KEY=hunter2more", "C_KEY=morestill", "D_KEY=1", "E_KEY=", "F_KEY=ababa1", "G_KEY=pp:qq@"})
	tests := []struct{ text, want string }{
		{"app --key hunter2 -p 5000 -n 1", "app --key **** -p 5000 -n 1"},
		{"hunter2morestill", "****"},
		{"ababa1ababa1 x", "**** x"},
		{"sh -c 'redis-cli -u redis://:secret@h --pass hunter2'", "sh -c 'redis-cli -u redis://:****@h --pass ****'"},
		{"a=pp:qq@b", "a=****b"},
		{"", ""},
	}
	for _, test := range tests {
		if got := MaskText(test.text, c); got != test.want {
			t.Errorf("MaskText(%q) = %q, want %q", test.text, got, test.want)
		}
	}
	if got, want := MaskText("hunter2", nil), "hunter2"; got != want {
		t.Errorf("MaskText without a config = %q, want %q", got, want)
	}
}
