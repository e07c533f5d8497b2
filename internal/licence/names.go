package licence

import "strings"

// named returns the expression for the words that people write into the field License. Words that mean several licences
// ("BSD", "GPL", "Apache") are not among them.
func named(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Contains(text, "\n") {
		return "", false
	}
	if e, ok := Parse(text); ok {
		return e, true
	}
	if e, ok := names[fold(text)]; ok {
		return e, true
	}
	for _, separator := range []string{" or ", " OR ", " / ", "/", " and ", " AND ", " & ", ", "} {
		parts := strings.Split(text, separator)
		if len(parts) < 2 {
			continue
		}
		if e, ok := joined(parts, separator); ok {
			return e, true
		}
	}
	return "", false
}

// joined returns the expression for names with one separator between them.
func joined(parts []string, separator string) (string, bool) {
	for i, p := range parts {
		e, ok := names[fold(p)]
		if !ok {
			if e, ok = Parse(p); !ok || strings.Contains(e, " ") {
				return "", false
			}
		}
		parts[i] = e
	}
	if strings.EqualFold(strings.TrimSpace(separator), "or") || strings.Contains(separator, "/") {
		return strings.Join(parts, " OR "), true
	}
	return And(parts), true
}

// fold makes spellings of one name equal: lower case, without "the", "license", "version" and punctuation.
func fold(name string) string {
	name = strings.ToLower(name)
	name = strings.NewReplacer("licence", "license", "(", " ", ")", " ", ",", " ", "\"", " ", "'", " ", "-", " ", "_", " ").Replace(name)
	var kept []string
	for _, w := range strings.Fields(name) {
		switch w {
		case "the", "license", "licensed", "version", "under", "software", "licenses":
		default:
			if len(w) > 1 && w[0] == 'v' && w[1] >= '0' && w[1] <= '9' {
				w = w[1:]
			}
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// names are folded names of licences.
var names = map[string]string{
	"mit":                           "MIT",
	"mit x11":                       "MIT",
	"expat":                         "MIT",
	"mit expat":                     "MIT",
	"mit 0":                         "MIT-0",
	"apache 2.0":                    "Apache-2.0",
	"apache 2":                      "Apache-2.0",
	"apache2":                       "Apache-2.0",
	"apache2.0":                     "Apache-2.0",
	"asl 2.0":                       "Apache-2.0",
	"asl 2":                         "Apache-2.0",
	"new bsd":                       "BSD-3-Clause",
	"modified bsd":                  "BSD-3-Clause",
	"revised bsd":                   "BSD-3-Clause",
	"3 clause bsd":                  "BSD-3-Clause",
	"bsd 3 clause":                  "BSD-3-Clause",
	"bsd 3":                         "BSD-3-Clause",
	"bsd3":                          "BSD-3-Clause",
	"bsd 3 clause new or revised":   "BSD-3-Clause",
	"simplified bsd":                "BSD-2-Clause",
	"2 clause bsd":                  "BSD-2-Clause",
	"bsd 2 clause":                  "BSD-2-Clause",
	"bsd 2":                         "BSD-2-Clause",
	"zero clause bsd":               "0BSD",
	"isc":                           "ISC",
	"iscl":                          "ISC",
	"isc iscl":                      "ISC",
	"mpl 2.0":                       "MPL-2.0",
	"mpl 2":                         "MPL-2.0",
	"mpl2":                          "MPL-2.0",
	"mozilla public 2.0":            "MPL-2.0",
	"mozilla public 2.0 mpl 2.0":    "MPL-2.0",
	"psf":                           "PSF-2.0",
	"psf 2.0":                       "PSF-2.0",
	"python foundation":             "PSF-2.0",
	"python":                        "Python-2.0",
	"unlicense":                     "Unlicense",
	"unlicense unlicense":           "Unlicense",
	"zlib":                          "Zlib",
	"wtfpl":                         "WTFPL",
	"zpl 2.1":                       "ZPL-2.1",
	"hpnd":                          "HPND",
	"boost 1.0":                     "BSL-1.0",
	"bsl 1.0":                       "BSL-1.0",
	"cc0":                           "CC0-1.0",
	"cc0 1.0":                       "CC0-1.0",
	"cc0 1.0 universal":             "CC0-1.0",
	"gplv2":                         "GPL-2.0-only",
	"gpl 2":                         "GPL-2.0-only",
	"gnu gpl 2":                     "GPL-2.0-only",
	"gplv2+":                        "GPL-2.0-or-later",
	"gpl 2+":                        "GPL-2.0-or-later",
	"gplv2 or later":                "GPL-2.0-or-later",
	"gnu gplv2 or any later":        "GPL-2.0-or-later",
	"gplv3":                         "GPL-3.0-only",
	"gpl 3":                         "GPL-3.0-only",
	"gnu gpl 3":                     "GPL-3.0-only",
	"gnu gplv3":                     "GPL-3.0-only",
	"gplv3+":                        "GPL-3.0-or-later",
	"gpl 3+":                        "GPL-3.0-or-later",
	"gplv3 or later":                "GPL-3.0-or-later",
	"lgplv2":                        "LGPL-2.0-only",
	"lgplv2+":                       "LGPL-2.0-or-later",
	"lgplv2.1":                      "LGPL-2.1-only",
	"lgpl 2.1":                      "LGPL-2.1-only",
	"lgplv2.1+":                     "LGPL-2.1-or-later",
	"lgpl 2.1+":                     "LGPL-2.1-or-later",
	"lgplv3":                        "LGPL-3.0-only",
	"lgpl 3":                        "LGPL-3.0-only",
	"gnu lgplv3":                    "LGPL-3.0-only",
	"lgplv3+":                       "LGPL-3.0-or-later",
	"lgpl 3+":                       "LGPL-3.0-or-later",
	"agplv3":                        "AGPL-3.0-only",
	"agpl 3":                        "AGPL-3.0-only",
	"agplv3+":                       "AGPL-3.0-or-later",
	"agpl 3+":                       "AGPL-3.0-or-later",
	"eclipse public 2.0":            "EPL-2.0",
	"epl 2.0":                       "EPL-2.0",
	"european union public 1.2":     "EUPL-1.2",
	"eupl 1.2":                      "EUPL-1.2",
	"universal permissive 1.0 upl":  "UPL-1.0",
	"academic free 3.0":             "AFL-3.0",
	"academic free 2.1":             "AFL-2.1",
	"gnu general public 3.0":        "GPL-3.0-only",
	"gnu lesser general public 3.0": "LGPL-3.0-only",
}

// fromClassifiers returns the expression for the classifiers that mean one licence. Those that mean several, or a group
// (PEP 639, "Mapping License Classifiers to SPDX identifiers"), count for nothing, and then others don't either: they would
// be a part of the truth.
func fromClassifiers(classifiers []string) string {
	var list []string
	for _, c := range classifiers {
		name, ok := strings.CutPrefix(c, "License :: ")
		if !ok || name == "OSI Approved" {
			continue
		}
		id := trove[strings.TrimPrefix(name, "OSI Approved :: ")]
		if id == "" {
			return ""
		}
		list = append(list, id)
	}
	return And(list)
}

// trove are the classifiers with one meaning (pypi.org/classifiers), without "License :: " and "OSI Approved :: ".
var trove = map[string]string{
	"MIT License":                                                     "MIT",
	"MIT No Attribution License (MIT-0)":                              "MIT-0",
	"Apache Software License":                                         "Apache-2.0", // in use for nothing else
	"ISC License (ISCL)":                                              "ISC",
	"Mozilla Public License 1.0 (MPL)":                                "MPL-1.0",
	"Mozilla Public License 1.1 (MPL 1.1)":                            "MPL-1.1",
	"Mozilla Public License 2.0 (MPL 2.0)":                            "MPL-2.0",
	"Python Software Foundation License":                              "PSF-2.0",
	"The Unlicense (Unlicense)":                                       "Unlicense",
	"zlib/libpng License":                                             "Zlib",
	"Boost Software License 1.0 (BSL-1.0)":                            "BSL-1.0",
	"Zero-Clause BSD (0BSD)":                                          "0BSD",
	"Blue Oak Model License (BlueOak-1.0.0)":                          "BlueOak-1.0.0",
	"Historical Permission Notice and Disclaimer (HPND)":              "HPND",
	"Universal Permissive License (UPL)":                              "UPL-1.0",
	"Eclipse Public License 1.0 (EPL-1.0)":                            "EPL-1.0",
	"Eclipse Public License 2.0 (EPL-2.0)":                            "EPL-2.0",
	"European Union Public Licence 1.1 (EUPL 1.1)":                    "EUPL-1.1",
	"European Union Public Licence 1.2 (EUPL 1.2)":                    "EUPL-1.2",
	"University of Illinois/NCSA Open Source License":                 "NCSA",
	"GNU General Public License v2 (GPLv2)":                           "GPL-2.0-only",
	"GNU General Public License v2 or later (GPLv2+)":                 "GPL-2.0-or-later",
	"GNU General Public License v3 (GPLv3)":                           "GPL-3.0-only",
	"GNU General Public License v3 or later (GPLv3+)":                 "GPL-3.0-or-later",
	"GNU Lesser General Public License v2 (LGPLv2)":                   "LGPL-2.0-only",
	"GNU Lesser General Public License v2 or later (LGPLv2+)":         "LGPL-2.0-or-later",
	"GNU Lesser General Public License v3 (LGPLv3)":                   "LGPL-3.0-only",
	"GNU Lesser General Public License v3 or later (LGPLv3+)":         "LGPL-3.0-or-later",
	"GNU Affero General Public License v3":                            "AGPL-3.0-only",
	"GNU Affero General Public License v3 or later (AGPLv3+)":         "AGPL-3.0-or-later",
	"CC0 1.0 Universal (CC0 1.0) Public Domain Dedication":            "CC0-1.0",
	"SIL Open Font License 1.1 (OFL-1.1)":                             "OFL-1.1",
	"CeCILL-B Free Software License Agreement (CECILL-B)":             "CECILL-B",
	"CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)": "CECILL-2.1",
	"Mulan Permissive Software License v2 (MulanPSL-2.0)":             "MulanPSL-2.0",
	"PostgreSQL License":                                              "PostgreSQL",
	"Open Software License 3.0 (OSL-3.0)":                             "OSL-3.0",
	"Common Development and Distribution License 1.0 (CDDL-1.0)":      "CDDL-1.0",
}
