package collector

import (
	"errors"
	"path"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/wheel"
)

// A rival is a wheel among the inputs.
type rival struct {
	input int // its place
	name  wheel.Filename
}

// chooseWheels finds the wheel of each distribution that fits the target best. It returns, by the places of the inputs,
// which wheel is taken instead of one that is not. Two versions of a distribution are an error, and so is a distribution
// without a wheel for the target. Without the target's tags nothing but the versions is looked at.
func chooseWheels(inputs []Input, tags *tag.List) (instead map[int]int, err error) {
	var order []string
	groups := map[string][]rival{}
	for i := range inputs {
		if inputs[i].Kind != Wheel {
			continue
		}
		name, err := wheel.ParseFilename(path.Base(inputs[i].Label))
		if err != nil {
			continue // it is refused when it is read
		}
		if groups[name.Name()] == nil {
			order = append(order, name.Name())
		}
		groups[name.Name()] = append(groups[name.Name()], rival{i, name})
	}
	instead = map[int]int{}
	var problems []error
	for _, name := range order {
		rivals := groups[name]
		best, err := choose(inputs, rivals, tags)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for i, r := range rivals {
			if i != best {
				instead[r.input] = rivals[best].input
			}
		}
	}
	return instead, errors.Join(problems...)
}

// choose returns the place of the best of the wheels of one distribution.
func choose(inputs []Input, rivals []rival, tags *tag.List) (int, error) {
	first := rivals[0]
	names := make([]wheel.Filename, len(rivals))
	for i, r := range rivals {
		names[i] = r.name
		if !pep440.Same(r.name.Version, first.name.Version) {
			return 0, diag.Errorf(inputs[r.input].Label, "keep one of the two, or name a single file under `wheels`",
				"holds %s %s, and %s holds %s %s", r.name.Distribution, r.name.Version,
				inputs[first.input].Label, first.name.Distribution, first.name.Version)
		}
	}
	best := wheel.Best(names, tags)
	if best < 0 {
		return 0, diag.Errorf(inputs[first.input].Label, "name a wheel that fits under `wheels`, or choose another `python` or `targets`", "%s", wheel.Misfit(names, tags))
	}
	return best, nil
}
