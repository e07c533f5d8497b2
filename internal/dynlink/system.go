package dynlink

import (
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/target"
)

// System returns the predicate for Resolve of what every system of a platform has: glibc on Linux, the libraries of macOS
// and of Windows.
func System(t target.Target) func(library string) bool {
	switch t.GOOS {
	case "darwin":
		return macOS
	case "windows":
		return windows
	}
	return glibc.Provides
}

// pythonLibrary is the shape of the names of the shared libpython, and of what python.org's builds for Windows bring.
var pythonLibrary = regexp.MustCompile(`^(libpython3(\.[0-9]+[a-z]*)?\.(so(\.[0-9.]+)?|dylib)|python3[0-9]*t?(_d)?\.dll|vcruntime140(_1)?\.dll)$`)

// Python tells whether a library comes with every Python that loads extension modules: libpython itself, and on Windows
// the runtime of Visual C++ that CPython is built with.
func Python(library string) bool {
	base := library[strings.LastIndexByte(library, '/')+1:]
	return pythonLibrary.MatchString(strings.ToLower(base)) || strings.Contains(library, "Python.framework/")
}

// Musl tells whether a library is musl's C library or its dynamic linker, which are one file.
func Musl(library string) bool {
	return library == "libc.so" || strings.HasPrefix(library, "libc.musl-") || strings.HasPrefix(library, "ld-musl-")
}

// macOS tells whether a library is part of macOS: those have absolute names.
func macOS(library string) bool {
	return strings.HasPrefix(library, "/usr/lib/") || strings.HasPrefix(library, "/System/Library/")
}

// windows tells whether a DLL is part of Windows 10 and later. There is no rule for the names, so this lists the DLLs that
// Python, its extension modules and the usual C libraries import. The C runtime (ucrtbase.dll) is part of Windows,
// Visual C++'s (vcruntime140.dll, msvcp140.dll) is not.
func windows(library string) bool {
	name := strings.TrimSuffix(strings.ToLower(library), ".dll")
	if strings.HasPrefix(name, "api-ms-win-") || strings.HasPrefix(name, "ext-ms-") {
		return true
	}
	return windowsDLLs[name] || strings.HasSuffix(name, ".drv") && !strings.Contains(name, "/")
}

var windowsDLLs = func() map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(`
		advapi32 authz avicap32 avifil32 avrt bcrypt bcryptprimitives bthprops.cpl cabinet cfgmgr32 cldapi comctl32 comdlg32
		credui crypt32 cryptbase cryptui cryptsp d2d1 d3d10 d3d10_1 d3d11 d3d12 d3d9 d3dcompiler_47 davclnt dbghelp dcomp
		devobj dhcpcsvc dnsapi dsound dwmapi dwrite dxcore dxgi dxva2 eventing evr fltlib gdi32 gdi32full gdiplus glu32 hid
		httpapi imagehlp imm32 iphlpapi kernel32 kernelbase ksuser loadperf mf mfcore mfplat mfreadwrite mmdevapi mpr msacm32
		mscoree msi msimg32 mswsock msvcrt msvfw32 ncrypt netapi32 normaliz ntdll ntdsapi odbc32 odbccp32 ole32 oleacc oleaut32
		oledlg opengl32 pathcch pdh powrprof propsys psapi qwave rasapi32 resutils rpcrt4 rstrtmgr samcli schannel sechost
		secur32 sensapi setupapi sfc shcore shell32 shlwapi srvcli sspicli tapi32 tdh traffic ucrtbase urlmon user32 userenv
		usp10 uxtheme version virtdisk webservices wevtapi wer windowscodecs winhttp wininet winmm winscard winspool.drv
		winsta wintrust wkscli wlanapi wldap32 wldp wmvcore ws2_32 wsock32 wtsapi32 xinput1_4 xinput9_1_0 xmllite xpsprint`) {
		set[name] = true
	}
	return set
}()
