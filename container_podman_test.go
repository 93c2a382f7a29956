package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// makeImage makes an image from scratch, of static programs.
func makeImage(t *testing.T) (image string) {
	t.Helper()
	root := t.TempDir()
	bin := filepath.Join(root, "bin")
	must(t, os.Mkdir(bin, 0o755))
	must(t, os.Rename(build(t), filepath.Join(bin, "supervise")))
	compile := exec.Command("go", "test", "-c", "-o", filepath.Join(bin, "child"), ".")
	compile.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	write(t, filepath.Join(root, "Procfile"), containerProcfile)
	image = fmt.Sprintf("localhost/supervise-test:%d", os.Getpid())
	layer := exec.Command("tar", "-C", root, "-c", ".")
	load := podman("import", "--change", `ENTRYPOINT ["supervise"]`, "--change", "ENV SUPERVISE_NO_PORT=true", "-", image)
	var err error
	load.Stdin, err = layer.StdoutPipe()
	must(t, err)
	must(t, layer.Start())
	if out, err := load.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: supervise in a real container; podman makes no image here: %v\n%s", err, out)
	}
	must(t, layer.Wait())
	t.Cleanup(func() { podman("rmi", "--force", image).Run() })
	return image
}

func podman(args ...string) *exec.Cmd {
	return exec.Command("podman", append([]string{"--runtime", "runc"}, args...)...)
}

// inside runs in a new container, with limits that engines inside of containers may set.
var inside = []string{"run", "--rm", "--network", "none", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"}

// container is one in the foreground: its end is that of podman run.
type container struct{ *trial }

// prepareContainer gives its processes the tag by which a census finds them from outside.
func prepareContainer(t *testing.T, image string, args ...string) *container {
	t.Helper()
	c := &container{prepare(t, "")}
	run := podman(slices.Concat(inside, []string{"--name", c.name(), "--env", c.tag(), image}, args)...)
	c.Path, c.Args, c.Env = run.Path, run.Args, nil
	t.Cleanup(func() { podman("rm", "--force", "--time", "0", c.name()).Run() })
	return c
}

func startContainer(t *testing.T, image string, args ...string) *container {
	t.Helper()
	c := prepareContainer(t, image, args...)
	c.start()
	return c
}

func (c *container) name() string {
	return fmt.Sprintf("supervise-test-%d-%s", os.Getpid(), filepath.Base(filepath.Dir(c.Dir)))
}

// podman runs a command about it.
func (c *container) podman(args ...string) (output string) {
	c.t.Helper()
	out, err := podman(args...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("podman %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// zombies lists the dead children of a process that it has not waited for.
func zombies(parent string) []int {
	return slices.DeleteFunc(whoSays("status", "\nPPid:\t"+parent+"\n"), func(pid int) bool {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return !bytes.Contains(status, []byte("\nState:\tZ"))
	})
}
