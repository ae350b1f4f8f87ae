using System.Xml.Linq;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary><c>packages.config</c>: which packages NuGet restores for one project.</summary>
internal static class PackagesConfigFile
{
    public static ProjectFile For(FirmwareAssembly assembly, IReadOnlyList<DevicePackage> packages)
    {
        var root = new XElement("packages", packages.Select(package => new XElement(
            "package",
            new XAttribute("id", package.Id),
            new XAttribute("version", package.Version),
            new XAttribute("targetFramework", "netnano1.0"))));
        return new ProjectFile($"{assembly.Name}/packages.config", XmlText.Of(root));
    }
}
