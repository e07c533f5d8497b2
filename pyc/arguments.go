package pyc

import "slices"

// arguments are what a function is called with. A value is a constant, a Tuple of values for a list or a tuple, loaded, or unknown.
type arguments struct {
	values []any
	names  []string // of the last ones
}

// loaded is the value of a name, or what calling it returns.
type loaded string

// unknown is a value of which nothing is known.
type unknown struct{}

// isOpen tells whether the program computes a value.
func isOpen(value any) bool {
	switch value.(type) {
	case loaded, unknown, Tuple:
		return true
	}
	return false
}

// get returns the argument of a name, or else that at a place, counted from 0; given is whether there is any.
func (a *arguments) get(name string, place int) (value any, given bool) {
	byPlace := len(a.values) - len(a.names)
	if n := slices.Index(a.names, name); n >= 0 {
		return a.values[byPlace+n], true
	}
	if place < byPlace {
		return a.values[place], true
	}
	return nil, false
}

// module returns the name of the module, by whatever name a function has it: it comes first.
func (a *arguments) module() any {
	if value, given := a.get("name", 0); given {
		return value
	}
	return a.values[0]
}

func (a *arguments) startWithText() bool {
	if len(a.values) == 0 {
		return false
	}
	_, ok := a.values[0].(string)
	return ok
}

// textsOf returns the strings among values, and whether all are strings.
func textsOf(values Tuple) (texts []string, all bool) {
	all = true
	for _, value := range values {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		} else {
			all = false
		}
	}
	return texts, all
}

// An outcome is what becomes of a function after it was loaded.
type outcome uint8

const (
	unclear   outcome = iota // the code is not understood
	called                   // with the arguments
	mentioned                // stored, compared, handed on
)

// maxArguments is how many instructions are looked at for a call: few have a tenth.
const maxArguments = 100

// arguments follows the stack from the instruction at i, which loads a function, to its call. When the outcome is unclear, the arguments
// are what was on the stack then.
func (f *flow) arguments(i int) (arguments, outcome) {
	var s stack
	for _, in := range f.list[i+1 : min(i+1+maxArguments, len(f.list))] {
		if in.op == opCallKw {
			s.nameLast(s.pop(1))
		}
		if (in.op == opCall || in.op == opCallKw) && in.arg == len(s.values) && !s.short && len(s.names) <= in.arg {
			return s.arguments, called
		}
		understood := f.step(&s, in)
		switch {
		case s.short:
			return arguments{}, mentioned
		case !understood:
			return s.arguments, unclear
		}
	}
	return s.arguments, unclear
}

// A stack is what lies above a function. NULL is not on it, and a method is one value, so that it is the same for all versions.
type stack struct {
	arguments
	short bool // more was popped than there is: the function too
}

func (s *stack) push(values ...any) { s.values = append(s.values, values...) }

// pop returns n values, the top one last, until the next push.
func (s *stack) pop(n int) []any {
	if n > len(s.values) {
		s.short = true
		return nil
	}
	popped := s.values[len(s.values)-n:]
	s.values = s.values[:len(s.values)-n]
	return popped
}

// nameLast takes the names of arguments from a tuple.
func (s *stack) nameLast(value []any) {
	s.names = nil
	if len(value) == 1 {
		tuple, _ := value[0].(Tuple)
		s.names, _ = textsOf(tuple)
	}
}

// step does what an instruction does, and reports whether it is understood.
func (f *flow) step(s *stack, in instruction) bool {
	switch in.op {
	case opNop, opPushNull:
	case opKwNames:
		value, _ := f.constant(instruction{op: opLoadConst, arg: in.arg})
		s.nameLast([]any{value})
	case opLoadConst, opLoadSmallInt:
		value, ok := f.constant(in)
		s.push(value)
		return ok
	case opLoadName, opLoadGlobal, opLoadFast, opLoadDeref:
		s.push(loaded(f.name(in)))
	case opLoadFasts:
		if in.opcode == f.codes.storeLoad {
			return false
		}
		s.push(unknown{}, loaded(f.name(in)))
	case opLoadAttr, opLoadMethod:
		s.pop(1)
		s.push(unknown{})
	case opBuildList:
		s.push(Tuple(slices.Clone(s.pop(in.arg))))
	case opBuildMap:
		s.pop(2 * in.arg)
		s.push(unknown{})
	case opListExtend:
		s.extend(in.arg)
	case opBinary, opCompare, opContains:
		s.pop(2)
		s.push(unknown{})
	case opCall, opCallKw:
		s.call(in.arg)
	case opStoreName, opStoreGlobal, opStoreFast, opStoreDeref, opPopTop, opEnd, opImportName, opToBool,
		opJumpIfFalse, opJumpIfTrue, opJumpIfFalseBack, opJumpIfTrueBack:
		s.pop(1) // which may be the function
		return false
	default:
		return false
	}
	return true
}

// extend does LIST_EXTEND, of which the compiler makes but two things: a list of constants, and *x.
func (s *stack) extend(arg int) {
	added := s.pop(1)
	if arg != 1 || s.short {
		return
	}
	var list any = unknown{}
	if values, ok := added[0].(Tuple); ok {
		list = values
	}
	if before := s.pop(1); len(before) == 1 {
		if values, ok := before[0].(Tuple); !ok || len(values) > 0 {
			list = unknown{}
		}
	}
	s.push(list)
}

// call does the call of another function, with n arguments.
func (s *stack) call(n int) {
	s.names = nil
	value := any(unknown{})
	if all := s.pop(n + 1); n == 0 && len(all) == 1 {
		if name, ok := all[0].(loaded); ok {
			value = name
		}
	}
	s.push(value)
}
