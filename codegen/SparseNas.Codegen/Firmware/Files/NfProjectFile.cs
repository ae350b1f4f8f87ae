using System.Xml.Linq;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>
/// The <c>.nfproj</c> of the stable line, as Visual Studio's nanoFramework extension writes it (nanoframework/Samples, Blinky.nfproj).
/// Every file is named: the project system of 1.x knows no globs.
/// </summary>
internal static class NfProjectFile
{
    private static readonly XNamespace MsBuild = "http://schemas.microsoft.com/developer/msbuild/2003";

    public static ProjectFile For(FirmwareAssembly assembly, IReadOnlyList<DevicePackage> packages)
    {
        var root = new XElement(
            MsBuild + "Project",
            new XAttribute("ToolsVersion", "Current"),
            new XAttribute("DefaultTargets", "Build"),
            new XElement(
                MsBuild + "PropertyGroup",
                new XAttribute("Label", "Globals"),
                Element("NanoFrameworkProjectSystemPath", @"$(MSBuildExtensionsPath)\nanoFramework\v1.0\")),
            Import("NFProjectSystem.Default.props"),
            Properties(assembly),
            Import("NFProjectSystem.props"),
            Group(SourcePaths(assembly).Select(path => Item("Compile", path))),
            assembly.Resources.Count == 0 ? null : Group(assembly.Resources.Select(resource => Item("EmbeddedResource", ResxFile.NameOf(resource)))),
            Group([Item("None", "packages.config")]),
            Group(packages.Select(Reference)),
            assembly.Uses.Count == 0 ? null : Group(assembly.Uses.Select(ProjectReference)),
            Import("NFProjectSystem.CSharp.targets"),
            new XElement(
                MsBuild + "ProjectExtensions",
                new XElement(MsBuild + "ProjectCapabilities", new XElement(MsBuild + "ProjectConfigurationsDeclaredAsItems"))));
        return new ProjectFile($"{assembly.Name}/{assembly.Name}.nfproj", XmlText.Of(root));
    }

    private static IEnumerable<string> SourcePaths(FirmwareAssembly assembly) =>
        assembly.Sources.Select(source => source.Path.Replace('/', '\\'));

    private static XElement Properties(FirmwareAssembly assembly) => new(
        MsBuild + "PropertyGroup",
        new XElement(MsBuild + "Configuration", new XAttribute("Condition", " '$(Configuration)' == '' "), "Debug"),
        new XElement(MsBuild + "Platform", new XAttribute("Condition", " '$(Platform)' == '' "), "AnyCPU"),
        Element("ProjectTypeGuids", ProjectGuids.ProjectTypes),
        Element("ProjectGuid", ProjectGuids.Of(assembly.Name).ToString("B").ToUpperInvariant()),
        Element("OutputType", assembly.Output == FirmwareOutput.Executable ? "Exe" : "Library"),
        Element("AppDesignerFolder", "Properties"),
        Element("FileAlignment", "512"),
        Element("RootNamespace", assembly.Resources.Count == 0 ? assembly.Name.Value : ResxFile.RootNamespace),
        Element("AssemblyName", assembly.Name.Value),
        Element("TargetFrameworkVersion", "v1.0"),
        Element("LangVersion", "7.3"));

    private static XElement Reference(DevicePackage package) => new(
        MsBuild + "Reference",
        new XAttribute(
            "Include", $"{package.AssemblyName}, Version={package.Version}.0, Culture=neutral, PublicKeyToken={DevicePackage.PublicKeyToken}"),
        Element("HintPath", $@"..\packages\{package.Id}.{package.Version}\lib\{package.AssemblyName}.dll"),
        Element("Private", "True"));

    private static XElement ProjectReference(FirmwareName used) => new(
        MsBuild + "ProjectReference",
        new XAttribute("Include", $@"..\{used}\{used}.nfproj"),
        Element("Project", ProjectGuids.Of(used).ToString("B").ToUpperInvariant()),
        Element("Name", used.Value));

    private static XElement Import(string file) => new(
        MsBuild + "Import",
        new XAttribute("Project", "$(NanoFrameworkProjectSystemPath)" + file),
        new XAttribute("Condition", $"Exists('$(NanoFrameworkProjectSystemPath){file}')"));

    private static XElement Group(IEnumerable<XElement> items) => new(MsBuild + "ItemGroup", items);

    private static XElement Item(string kind, string include) => new(MsBuild + kind, new XAttribute("Include", include));

    private static XElement Element(string name, string value) => new(MsBuild + name, value);
}
