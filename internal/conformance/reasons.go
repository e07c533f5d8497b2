package main

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed reasons.txt
var reasonsText string

// unexplained is the reason of a difference that none is written down for.
const unexplained = "unexplained"

// A reason says why the tests whose names match a pattern differ.
type reason struct {
	pattern string
	match   *regexp.Regexp
	text    string
}

// ownReasons returns those of reasons.txt.
func ownReasons() ([]reason, error) { return parseReasons(reasonsText) }

// parseReasons reads a list with a line for each reason: a pattern of names of tests, in which "*" stands for any text,
// space, and the reason. Lines that start with "#" and empty ones count for nothing.
func parseReasons(text string) ([]reason, error) {
	var all []reason
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, why, _ := strings.Cut(line, " ")
		why = strings.TrimSpace(why)
		if why == "" {
			return nil, fmt.Errorf("reasons.txt:%d: %q without a reason", i+1, pattern)
		}
		quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
		match, err := regexp.Compile("^" + quoted + "$")
		if err != nil {
			return nil, fmt.Errorf("reasons.txt:%d: %w", i+1, err)
		}
		all = append(all, reason{pattern, match, why})
	}
	return all, nil
}

// why returns the first reason that matches the name of a test.
func why(all []reason, test string) string {
	for _, r := range all {
		if r.match.MatchString(test) {
			return r.text
		}
	}
	return unexplained
}
