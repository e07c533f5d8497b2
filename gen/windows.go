package gen

import (
	"bytes"
	"cmp"
	"image/png"
	"path"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
)

// resourcesName is the file of the resources of an executable for Windows.
const resourcesName = "resources_windows_amd64.syso"

// english is the language of the resources (MS-LCID).
const english = 0x409

// windowsResources returns the object with the icon, the manifest and the version of an executable for Windows, which go build links;
// nothing for other targets, and where the configuration has no table windows.
func (p *plan) windowsResources() ([]File, error) {
	c := &p.config.Windows
	if p.platform.Target.GOOS != "windows" || *c == (config.Windows{}) {
		return nil, nil
	}
	var set winres.ResourceSet
	if err := p.addIcon(&set); err != nil {
		return nil, err
	}
	if err := p.addManifest(&set); err != nil {
		return nil, err
	}
	var info version.Info
	info.SetFileVersion(c.Version)
	info.SetProductVersion(c.Version)
	for _, field := range []struct{ name, value string }{
		{version.FileDescription, cmp.Or(c.Description, p.config.Name)},
		{version.ProductName, p.config.Name},
		{version.InternalName, p.config.Name},
		{version.OriginalFilename, p.config.Name + ".exe"},
		{version.CompanyName, c.Company},
		{version.LegalCopyright, c.Copyright},
		{version.FileVersion, c.Version},
		{version.ProductVersion, c.Version},
	} {
		if field.value == "" {
			continue
		}
		if err := info.Set(english, field.name, field.value); err != nil {
			return nil, diag.Errorf(p.config.File, "correct it", "windows: %s: %w", field.name, err)
		}
	}
	set.SetVersionInfo(info)
	var object bytes.Buffer
	if err := set.WriteObject(&object, winres.ArchAMD64); err != nil {
		return nil, diag.Errorf(p.config.File, "correct the table windows", "windows: %w", err)
	}
	return []File{{Name: resourcesName, Data: object.Bytes()}}, nil
}

// addIcon adds the icon, under the number that Windows Explorer looks for.
func (p *plan) addIcon(set *winres.ResourceSet) error {
	label := p.config.Windows.Icon
	if label == "" {
		return nil
	}
	data, err := p.readFile("windows.icon", label)
	if err != nil {
		return err
	}
	const hint = "it is an .ico file, or a .png"
	var icon *winres.Icon
	if path.Ext(label) == ".png" {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return diag.Errorf(label, hint, "windows.icon: %w", err)
		}
		icon, err = winres.NewIconFromResizedImage(img, nil)
		if err != nil {
			return diag.Errorf(label, hint, "windows.icon: %w", err)
		}
	} else if icon, err = winres.LoadICO(bytes.NewReader(data)); err != nil {
		return diag.Errorf(label, hint, "windows.icon: %w", err)
	}
	return set.SetIcon(winres.ID(1), icon)
}

// addManifest adds the manifest of the configuration, as it is, or one that asks for little.
func (p *plan) addManifest(set *winres.ResourceSet) error {
	label := p.config.Windows.Manifest
	if label == "" {
		set.SetManifest(winres.AppManifest{
			Compatibility: winres.Win10AndAbove, ExecutionLevel: winres.AsInvoker, DPIAwareness: winres.DPIPerMonitorV2,
			LongPathAware: true, UseCommonControlsV6: true,
		})
		return nil
	}
	data, err := p.readFile("windows.manifest", label)
	if err != nil {
		return err
	}
	if _, err := winres.AppManifestFromXML(data); err != nil {
		return diag.Errorf(label, "", "windows.manifest: %w", err)
	}
	return set.Set(winres.RT_MANIFEST, winres.ID(1), english, data)
}
