package pip

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/tag"
)

// explain makes a *diag.Error of what pip said when it failed: errors and warnings in err, all else in log.
func (p *Pip) explain(ctx context.Context, r Request, err error, log []byte, requirements string) error {
	var failed *pyexec.Failure
	if cause := context.Cause(ctx); err == nil || cause != nil {
		return cause
	}
	if !errors.As(err, &failed) {
		return diag.Errorf(p.Interpreter, "`requirements` needs a Python that runs on this machine", "running pip: %w", err)
	}
	said := strings.ReplaceAll(failed.Stderr, "-r "+requirements, "`requirements`")
	said = strings.ReplaceAll(said, requirements, "`requirements`")
	if pages := unreadPages(log); len(pages) > 0 && noMatch.MatchString(said) {
		reason := strings.Join(pages, "; ")
		return diag.Errorf(r.File, p.hint(r, said+reason), "requirements: pip: %s", reason)
	}
	return diag.Errorf(r.File, p.hint(r, said), "requirements: pip: %s", summary(said))
}

var unread = regexp.MustCompile(`(?m)^Could not fetch URL (\S+): (.*) - skipping\r?$`)

// unreadPages returns the pages of indexes that pip went on without, each once, with the reason. Pages that are not there are none of
// them: an index has none for a package that it has not. pip itself tells of them in its log alone, and then says that it has found no
// package. It has taken the passwords out.
func unreadPages(log []byte) []string {
	var pages []string
	for _, m := range unread.FindAllSubmatch(log, -1) {
		url, reason := string(m[1]), string(m[2])
		reason, _, _ = strings.Cut(reason, " for url: ")
		if page := url + ": " + reason; !strings.HasPrefix(reason, "404 ") && !slices.Contains(pages, page) {
			pages = append(pages, page)
		}
	}
	return pages
}

// summary returns what pip reports as errors, with the indented lines below them, and what it has ignored, in one line; else the last
// line.
func summary(said string) string {
	var errs []string
	last := "no reason given"
	below := false // of an error
	for line := range strings.Lines(said) {
		indented := strings.HasPrefix(line, " ")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		last = line
		if below && indented {
			errs[len(errs)-1] += " " + strings.Join(strings.Fields(line), " ")
			continue
		}
		var text string
		if text, below = strings.CutPrefix(line, "ERROR: "); below {
			errs = append(errs, text)
		} else if text, ok := strings.CutPrefix(line, "WARNING: "); ok && ignored.MatchString(text) {
			errs = append(errs, strings.TrimSuffix(text, ":"))
		}
	}
	if len(errs) == 0 {
		return last
	}
	return strings.Join(errs, "; ")
}

// ignored matches the warnings that tell what pip has gone on without: distributions, URLs and places.
var ignored = regexp.MustCompile(`^Ignoring |is being ignored|is ignored:`)

var noMatch = regexp.MustCompile(`No matching distribution found for ([^\s;]+)`)

// hint returns what can be done.
func (p *Pip) hint(r Request, said string) string {
	contains := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(said, part) {
				return true
			}
		}
		return false
	}
	switch {
	case contains(": 401 Client Error", ": 403 Client Error"):
		return "the index wants another name and password: pip takes them from a URL, https://NAME:PASSWORD@HOST/…, in PIP_INDEX_URL, from .netrc, or from a keyring"
	case contains("CERTIFICATE_VERIFY_FAILED"):
		return "PIP_CERT or pip.conf names the file of the certificates that the index is known by"
	case contains("NewConnectionError", "ConnectTimeout", "Max retries exceeded", "ProxyError", "Temporary failure in name resolution", "connection broken"):
		return "pip does not reach its index: PIP_INDEX_URL, pip.conf and HTTPS_PROXY say where and how; \"--no-index\" and \"--find-links DIR\" in `requirements` do without"
	case contains("DO NOT MATCH THE HASHES", "Hashes are required", "require-hashes"):
		return "all requirements need right hashes when one has them: `python3 -m pip hash FILE` prints that of a wheel"
	case contains("ResolutionImpossible", "conflicting dependencies"):
		return "pip says more: run `python3 -m pip download --only-binary=:all: …` with the same requirements"
	}
	if contains("is ignored: it is either a non-existing path") {
		return "correct --find-links: its path starts at the directory of the configuration file, or of the file that names it"
	}
	if m := noMatch.FindStringSubmatch(said); m != nil {
		return fmt.Sprintf("there is no wheel of it that fits %s; where there is only a source distribution, build one: "+
			"`python3 -m pip wheel --no-deps -w wheels %q`, and add \"--find-links wheels\" to `requirements`", p.wanted(r), m[1])
	}
	return "the requirements are those of `requirements`, in pip's syntax, and of the script that is run"
}

// wanted names the tags that are looked for.
func (p *Pip) wanted(r Request) string {
	tags, err := tag.For(p.Version, r.Target, r.Limits)
	if err != nil {
		return r.Target.String()
	}
	all := platforms(tags)
	abi := tags.Tags()[0].ABI
	names := all[0]
	if len(all) > 2 {
		names += " and older"
	}
	if last := all[len(all)-1]; last != all[0] {
		names += " or " + last
	}
	return fmt.Sprintf("%s (%[2]s-%[2]s, %[2]s-abi3 or older, or py3-none for %[3]s, or py3-none-any)", r.Target, abi, names)
}
