package wheel

import (
	"cmp"
	"strings"

	"github.com/oxgen/oxgen/internal/tag"
)

// Best returns the place of the wheel that fits a target best, of several wheels of one version of a distribution; -1 when none fits.
// It is the one that pip would take: that with the best tag, and of several such that with the highest build tag; then the first one.
// Without a list of the target's tags, nil, all fit alike.
func Best(wheels []Filename, list *tag.List) int {
	best, bestRank := -1, 0
	for i := range wheels {
		rank, fits := 0, true
		if list != nil {
			rank, fits = list.Rank(wheels[i].Tags())
		}
		if !fits {
			continue
		}
		if best < 0 || rank < bestRank || rank == bestRank && compareBuilds(wheels[i].Build, wheels[best].Build) > 0 {
			best, bestRank = i, rank
		}
	}
	return best
}

// Misfit says why none of the wheels of a distribution fits a target, and which would.
func Misfit(wheels []Filename, list *tag.List) string {
	var tags []tag.Tag
	for i := range wheels {
		tags = append(tags, wheels[i].Tags()...)
	}
	return list.Misfit(tags)
}

// compareBuilds compares build tags: none is the lowest, then the number counts, then the text behind it.
func compareBuilds(a, b string) int {
	x, restA := splitNumber(a)
	y, restB := splitNumber(b)
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(restA, restB))
}

// splitNumber splits digits off a text, without leading zeros but for a last one.
func splitNumber(s string) (digits, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	digits = s[:len(s)-len(rest)]
	if short := strings.TrimLeft(digits, "0"); short != "" {
		return short, rest
	}
	return digits[:min(len(digits), 1)], rest
}
