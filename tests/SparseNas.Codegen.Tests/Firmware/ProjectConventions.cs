using System.Collections.Immutable;
using System.Xml.Linq;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// What nanoFramework's project system of the 1.x line expects of a project, read back from the files: the conventions of nanoframework/Samples and the
/// project templates of its Visual Studio extension.
/// </summary>
internal static class ProjectConventions
{
    private static readonly XNamespace MsBuild = "http://schemas.microsoft.com/developer/msbuild/2003";

    /// <summary>Every project of the folder, its packages and the solution hold to the conventions and to each other.</summary>
    public static void AssertStable(FirmwareProject project)
    {
        ImmutableArray<ProjectFile> files = project.Files();
        string solution = TextOf(files, $"{project.Name}.sln");
        foreach (FirmwareAssembly assembly in project.Assemblies)
        {
            XElement root = XDocument.Parse(TextOf(files, $"{assembly.Name}/{assembly.Name}.nfproj")).Root!;
            AssertFrame(root);
            AssertProperties(root, assembly);
            AssertPackages(root, XDocument.Parse(TextOf(files, $"{assembly.Name}/packages.config")).Root!);
            Assert.Equal(
                files.Select(file => file.Path).Where(path => path.StartsWith($"{assembly.Name}/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
                    .Select(path => path[(assembly.Name.Value.Length + 1)..].Replace('/', '\\')).Order(StringComparer.Ordinal),
                root.Descendants(MsBuild + "Compile").Select(Included).Order(StringComparer.Ordinal));
            Assert.Equal(
                assembly.Uses.Select(used => $@"..\{used}\{used}.nfproj"), root.Descendants(MsBuild + "ProjectReference").Select(Included));
            Assert.Contains($"\"{assembly.Name}\\{assembly.Name}.nfproj\", \"{root.Descendants(MsBuild + "ProjectGuid").Single().Value}\"", solution, StringComparison.Ordinal);
        }
    }

    private static void AssertFrame(XElement root)
    {
        Assert.Equal(MsBuild + "Project", root.Name);
        Assert.Equal("Current", root.Attribute("ToolsVersion")!.Value);
        Assert.Equal("Build", root.Attribute("DefaultTargets")!.Value);
        XElement globals = root.Elements().First();
        Assert.Equal("Globals", globals.Attribute("Label")!.Value);
        Assert.Equal(@"$(MSBuildExtensionsPath)\nanoFramework\v1.0\", globals.Element(MsBuild + "NanoFrameworkProjectSystemPath")!.Value);
        Assert.Equal(
            ["NFProjectSystem.Default.props", "NFProjectSystem.props", "NFProjectSystem.CSharp.targets"],
            root.Elements(MsBuild + "Import").Select(import => import.Attribute("Project")!.Value.Replace("$(NanoFrameworkProjectSystemPath)", "")));
        Assert.All(root.Elements(MsBuild + "Import"), import => Assert.Equal($"Exists('{import.Attribute("Project")!.Value}')", import.Attribute("Condition")!.Value));
        Assert.NotNull(root.Element(MsBuild + "ProjectExtensions")!.Element(MsBuild + "ProjectCapabilities")!.Element(MsBuild + "ProjectConfigurationsDeclaredAsItems"));
    }

    private static void AssertProperties(XElement root, FirmwareAssembly assembly)
    {
        string Property(string name) => root.Descendants(MsBuild + name).Single().Value;
        Assert.Equal("{11A8DD76-328B-46DF-9F39-F559912D0360};{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}", Property("ProjectTypeGuids"));
        Assert.Equal(assembly.Output == FirmwareOutput.Executable ? "Exe" : "Library", Property("OutputType"));
        Assert.Equal("Properties", Property("AppDesignerFolder"));
        Assert.Equal("512", Property("FileAlignment"));
        Assert.Equal(assembly.Resources.Count == 0 ? assembly.Name.Value : "SparseNas.Generated", Property("RootNamespace"));
        Assert.Equal(
            assembly.Resources.Select(resource => resource.BaseName["SparseNas.Generated.".Length..] + ".resx"), root.Descendants(MsBuild + "EmbeddedResource").Select(Included));
        Assert.Equal(assembly.Name.Value, Property("AssemblyName"));
        Assert.Equal("v1.0", Property("TargetFrameworkVersion"));
        Assert.Equal("7.3", Property("LangVersion"));
        Assert.True(Guid.TryParse(Property("ProjectGuid"), out _));
    }

    /// <summary>One reference per package, with the same version, the library's place in the package, and the key that nanoFramework signs with.</summary>
    private static void AssertPackages(XElement root, XElement packages)
    {
        Assert.Contains("packages.config", root.Descendants(MsBuild + "None").Select(Included));
        XElement[] references = [.. root.Descendants(MsBuild + "Reference")], listed = [.. packages.Elements("package")];
        Assert.Equal("nanoFramework.CoreLibrary", listed[0].Attribute("id")!.Value);
        Assert.Equal(listed.Length, references.Length);
        foreach ((XElement reference, XElement package) in references.Zip(listed))
        {
            string id = package.Attribute("id")!.Value, version = package.Attribute("version")!.Value, name = Included(reference).Split(',')[0];
            Assert.Equal("netnano1.0", package.Attribute("targetFramework")!.Value);
            Assert.Equal($"{name}, Version={version}.0, Culture=neutral, PublicKeyToken=c07d481e9758c731", Included(reference));
            Assert.Equal($@"..\packages\{id}.{version}\lib\{name}.dll", reference.Element(MsBuild + "HintPath")!.Value);
            Assert.Equal("True", reference.Element(MsBuild + "Private")!.Value);
        }
    }

    private static string Included(XElement item) => item.Attribute("Include")!.Value;

    private static string TextOf(ImmutableArray<ProjectFile> files, string path) => files.Single(file => file.Path == path).Text;
}
