package pyc

import "iter"

// An op is what an instruction does, as far as imports are concerned, in all versions.
type op uint8

const (
	opOther op = iota // anything else; it goes on to the next instruction
	opNop             // nothing: NOP, NOT_TAKEN
	opCache           // an inline cache entry, which is no instruction (3.11 and later; 3.10 has no opcode 0)
	opExtendedArg
	opLoadConst
	opLoadSmallInt // 3.14
	opLoadName     // of the module, and of a class
	opLoadFast     // of a function's variable, or that of a class without a name
	opLoadFasts    // the same twice, or STORE_FAST before it: four bits of the argument for each (3.13)
	opLoadDeref    // of a variable that functions share
	opLoadGlobal
	opLoadAttr
	opLoadMethod // 3.10, 3.11
	opImportName
	opImportFrom
	opStoreName
	opStoreGlobal
	opStoreFast
	opStoreDeref
	opBuildList // and BUILD_TUPLE
	opBuildMap
	opListExtend
	opBinary // and BINARY_SUBSCR
	opCompare
	opContains
	opPushNull // and PRECALL: part of a call
	opKwNames  // 3.11, 3.12: the names of a call's arguments
	opCall
	opCallKw // the names are a constant on top of the stack
	opToBool // 3.13
	opPushExcInfo
	opCheckExcMatch // 3.10: JUMP_IF_NOT_EXC_MATCH
	opWithExceptStart
	opPopTop
	opPopBlock     // 3.10
	opSetupFinally // 3.10
	opSetupWith    // 3.10
	opEnd          // a return, a raise: nothing follows
	opJump         // always, forward
	opJumpBack     // always, backward
	opJumpIfFalse  // or on; pops what it looks at
	opJumpIfTrue
	opBranch     // or on, for another reason: FOR_ITER, POP_JUMP_IF_NONE
	opBranchBack // 3.11: the same, backward
	opJumpIfFalseBack
	opJumpIfTrueBack
	opEndAsyncFor // 3.14 has the place as an argument; nobody needs it
)

// opcodes gives the numbers of the instructions of one feature release a meaning (Lib/opcode.py, since 3.13
// Include/opcode_ids.h).
type opcodes struct {
	ops      [256]op
	absolute bool // jumps name a place, not a distance: 3.10
	global   int  // by how many bits the argument of LOAD_GLOBAL is shifted
	attr     int  // and that of LOAD_ATTR
	compare  int  // and that of COMPARE_OP

	storeLoad byte // STORE_FAST_LOAD_FAST, one of opLoadFasts; 0 is none
}

var opcodes310 = newOpcodes(opcodes{absolute: true}, map[op][]byte{
	opNop: {9}, opExtendedArg: {144}, opLoadConst: {100}, opLoadName: {101}, opLoadGlobal: {116}, opLoadAttr: {106},
	opLoadMethod: {160}, opImportName: {108}, opStoreName: {90}, opBuildList: {103, 102}, opListExtend: {162}, opCompare: {107},
	opContains: {118}, opCall: {131, 161}, opCallKw: {141}, opCheckExcMatch: {121}, opWithExceptStart: {49}, opPopTop: {1},
	opPopBlock: {87}, opSetupFinally: {122}, opSetupWith: {143, 154}, opEnd: {83, 119, 130}, opJump: {110, 113},
	opJumpIfFalse: {114}, opJumpIfTrue: {115}, opBranch: {93, 111, 112},
	opLoadFast: {124}, opLoadDeref: {136, 148}, opImportFrom: {109}, opStoreGlobal: {97}, opStoreFast: {125}, opStoreDeref: {137},
	opBuildMap: {105}, opBinary: {16, 19, 20, 22, 23, 24, 25, 26, 27, 62, 63, 64, 65, 66},
})

var opcodes311 = newOpcodes(opcodes{global: 1}, map[op][]byte{
	opCache: {0}, opNop: {9}, opExtendedArg: {144}, opLoadConst: {100}, opLoadName: {101}, opLoadGlobal: {116}, opLoadAttr: {106},
	opLoadMethod: {160}, opImportName: {108}, opStoreName: {90}, opBuildList: {103, 102}, opListExtend: {162}, opCompare: {107},
	opContains: {118}, opPushNull: {2, 166}, opKwNames: {172}, opCall: {171}, opPushExcInfo: {35}, opCheckExcMatch: {36},
	opWithExceptStart: {49}, opPopTop: {1}, opEnd: {83, 119, 130}, opJump: {110}, opJumpBack: {134, 140},
	opJumpIfFalse: {114}, opJumpIfTrue: {115}, opJumpIfFalseBack: {175}, opJumpIfTrueBack: {176},
	opBranch: {93, 111, 112, 123, 128, 129}, opBranchBack: {173, 174},
	opLoadFast: {124}, opLoadDeref: {137, 148}, opImportFrom: {109}, opStoreGlobal: {97}, opStoreFast: {125}, opStoreDeref: {138},
	opBuildMap: {105}, opBinary: {25, 122},
})

var opcodes312 = newOpcodes(opcodes{global: 1, attr: 1, compare: 4}, map[op][]byte{
	opCache: {0}, opNop: {9}, opExtendedArg: {144}, opLoadConst: {100}, opLoadName: {101, 175}, opLoadGlobal: {116}, opLoadAttr: {106},
	opImportName: {108}, opStoreName: {90}, opBuildList: {103, 102}, opListExtend: {162}, opCompare: {107},
	opContains: {118}, opPushNull: {2}, opKwNames: {172}, opCall: {171}, opPushExcInfo: {35}, opCheckExcMatch: {36},
	opWithExceptStart: {49}, opPopTop: {1}, opEnd: {83, 119, 121, 130}, opJump: {110}, opJumpBack: {134, 140},
	opJumpIfFalse: {114}, opJumpIfTrue: {115}, opBranch: {93, 123, 128, 129},
	opLoadFast: {124, 127}, opLoadDeref: {137, 176}, opImportFrom: {109}, opStoreGlobal: {97}, opStoreFast: {125},
	opStoreDeref: {138}, opBuildMap: {105}, opBinary: {25, 122},
})

var opcodes313 = newOpcodes(opcodes{global: 1, attr: 1, compare: 5, storeLoad: 111}, map[op][]byte{
	opCache: {0}, opNop: {30}, opExtendedArg: {71}, opLoadConst: {83}, opLoadName: {92, 90}, opLoadGlobal: {91}, opLoadAttr: {82},
	opImportName: {75}, opStoreName: {114}, opBuildList: {47, 52}, opListExtend: {81}, opCompare: {58},
	opContains: {59}, opPushNull: {34}, opCall: {53}, opCallKw: {57}, opToBool: {40}, opPushExcInfo: {33}, opCheckExcMatch: {7},
	opWithExceptStart: {44}, opPopTop: {32}, opEnd: {36, 101, 102, 103}, opJump: {79}, opJumpBack: {77, 78},
	opJumpIfFalse: {97}, opJumpIfTrue: {100}, opBranch: {72, 98, 99, 104},
	opLoadFast: {85, 87}, opLoadFasts: {88, 111}, opLoadDeref: {84, 89}, opImportFrom: {74}, opStoreGlobal: {113},
	opStoreFast: {110}, opStoreDeref: {109}, opBuildMap: {48}, opBinary: {5, 45},
})

var opcodes314 = newOpcodes(opcodes{global: 1, attr: 1, compare: 5, storeLoad: 113}, map[op][]byte{
	opCache: {0}, opNop: {27, 28}, opExtendedArg: {69}, opLoadConst: {82}, opLoadSmallInt: {94}, opLoadName: {93, 91},
	opLoadGlobal: {92}, opLoadAttr: {80}, opImportName: {73}, opStoreName: {116}, opBuildList: {46, 51}, opListExtend: {79},
	opCompare: {56}, opContains: {57}, opPushNull: {33}, opCall: {52}, opCallKw: {55}, opToBool: {39}, opPushExcInfo: {32},
	opCheckExcMatch: {6}, opWithExceptStart: {43}, opPopTop: {31}, opEnd: {35, 104, 105}, opJump: {77}, opJumpBack: {75, 76},
	opJumpIfFalse: {100}, opJumpIfTrue: {103}, opBranch: {70, 101, 102, 106}, opEndAsyncFor: {68},
	opLoadFast: {84, 86, 88}, opLoadFasts: {87, 89, 113}, opLoadDeref: {83, 90}, opImportFrom: {72}, opStoreGlobal: {115},
	opStoreFast: {112}, opStoreDeref: {111}, opBuildMap: {47}, opBinary: {44},
})

func newOpcodes(o opcodes, numbers map[op][]byte) *opcodes {
	for meaning, list := range numbers {
		for _, n := range list {
			o.ops[n] = meaning
		}
	}
	return &o
}

// opcodesOf returns the opcodes of a version that ReadCode knows.
func opcodesOf(v Version) *opcodes {
	switch v.Minor {
	case 10:
		return opcodes310
	case 11:
		return opcodes311
	case 12:
		return opcodes312
	case 13:
		return opcodes313
	default:
		return opcodes314
	}
}

// An instruction is one with its whole argument.
type instruction struct {
	op     op
	opcode byte
	arg    int
	at     int // offset in bytes
	next   int // offset of what follows, inline caches passed over
}

// instructions yields the instructions with their whole arguments, without EXTENDED_ARG and inline caches.
func (c *Code) instructions(codes *opcodes) iter.Seq[instruction] {
	return func(yield func(instruction) bool) {
		var extended uint32
		start := -1 // of the EXTENDED_ARG that comes before
		for i := 0; i+1 < len(c.Code); i += 2 {
			opcode, arg := c.Code[i], extended<<8|uint32(c.Code[i+1])
			extended = 0
			switch codes.ops[opcode] {
			case opCache:
				continue
			case opExtendedArg:
				extended = arg
				if start < 0 {
					start = i
				}
				continue
			}
			in := instruction{op: codes.ops[opcode], opcode: opcode, arg: int(arg), at: i, next: i + 2}
			if start >= 0 {
				in.at, start = start, -1
			}
			for in.next < len(c.Code) && codes.ops[c.Code[in.next]] == opCache {
				in.next += 2
			}
			if !yield(in) {
				return
			}
		}
	}
}

// target returns where a jump leads, which may be out of the code.
func (o *opcodes) target(in instruction) int {
	switch {
	case o.absolute && (in.op == opJump && in.opcode == 113 || in.opcode == 111 || in.opcode == 112 ||
		in.op == opJumpIfFalse || in.op == opJumpIfTrue || in.op == opCheckExcMatch):
		return 2 * in.arg
	case in.op == opJumpBack, in.op == opBranchBack, in.op == opJumpIfFalseBack, in.op == opJumpIfTrueBack:
		return in.next - 2*in.arg
	}
	return in.next + 2*in.arg
}
