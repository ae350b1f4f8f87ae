using System.Xml.Linq;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>The <c>.csproj</c> of the 2.x preview, where <c>dotnet build</c> does everything.</summary>
internal static class SdkProjectFile
{
    /// <summary>The newest published when this was written; the SDK's version is part of the project's first line.</summary>
    private const string Sdk = "nanoFramework.NET.Sdk/1.0.0-preview.11";

    /// <exception cref="BoardApiException">The preview line has no package for something the sources use.</exception>
    public static ProjectFile For(FirmwareAssembly assembly, IReadOnlyList<DevicePackage> packages)
    {
        BoardApiException.ThrowIfNoPreview(packages);
        var root = new XElement(
            "Project",
            new XAttribute("Sdk", Sdk),
            new XElement(
                "PropertyGroup",
                new XElement("TargetFramework", "netnano1.0"),
                new XElement("OutputType", assembly.Output == FirmwareOutput.Executable ? "Exe" : "Library"),
                new XElement("RootNamespace", assembly.Name.Value),
                new XElement("AssemblyName", assembly.Name.Value),
                new XElement("LangVersion", "7.3"),
                new XElement("GenerateAssemblyInfo", "false")),
            new XElement("ItemGroup", packages.Select(package => new XElement(
                "PackageReference", new XAttribute("Include", package.Id), new XAttribute("Version", package.Preview!)))),
            assembly.Uses.Count == 0
                ? null
                : new XElement("ItemGroup", assembly.Uses.Select(used => new XElement(
                    "ProjectReference", new XAttribute("Include", $"../{used}/{used}.csproj")))));
        return new ProjectFile($"{assembly.Name}/{assembly.Name}.csproj", XmlText.Of(root, declaration: false));
    }
}
