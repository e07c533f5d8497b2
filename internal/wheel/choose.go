package wheel

import (
	"cmp"
	"strings"

	"github.com/oxgen/oxgen/internal/tag"
)

// Best returns the place of the wheel that fits all lists best, of several wheels of one version of a distribution; -1 when
// none fits them all. It is the one that pip would take for one list: that with the best tag, and of several such that with
// the highest build tag; then the first one. For several lists that tag counts which is the worst.
func Best(wheels []Filename, lists []*tag.List) int {
	best, bestRank := -1, 0
	for i := range wheels {
		rank, fits := worst(wheels[i].Tags(), lists)
		if !fits {
			continue
		}
		if best < 0 || rank < bestRank || rank == bestRank && compareBuilds(wheels[i].Build, wheels[best].Build) > 0 {
			best, bestRank = i, rank
		}
	}
	return best
}

func worst(tags []tag.Tag, lists []*tag.List) (rank int, fits bool) {
	for _, l := range lists {
		r, ok := l.Rank(tags)
		if !ok {
			return 0, false
		}
		rank = max(rank, r)
	}
	return rank, true
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
