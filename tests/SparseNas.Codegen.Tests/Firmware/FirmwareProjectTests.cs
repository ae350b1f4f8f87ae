using System.Collections.Immutable;
using System.Xml.Linq;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>The files of a project against the conventions of nanoFramework's project systems.</summary>
public class FirmwareProjectTests
{
    private static readonly XNamespace MsBuild = "http://schemas.microsoft.com/developer/msbuild/2003";

    private static string TextOf(ImmutableArray<ProjectFile> files, string path) => files.Single(file => file.Path == path).Text;

    [Fact]
    public void The_stable_project_has_these_files()
    {
        Assert.Equal(
            [
                "README.md", "tiny.sln", "tiny/Golden.cs", "tiny/Hex.cs", "tiny/Live.cs", "tiny/Model.cs", "tiny/Probe.cs", "tiny/Program.cs",
                "tiny/Properties/AssemblyInfo.cs", "tiny/Report.cs", "tiny/SelfTest.cs", "tiny/packages.config", "tiny/tiny.nfproj",
            ],
            TinyModel.Project().Files().Select(file => file.Path));
    }

    [Fact]
    public void The_stable_project_follows_the_conventions() => ProjectConventions.AssertStable(TinyModel.Project());

    [Fact]
    public void Every_source_is_named_once_and_no_glob_is_used()
    {
        ImmutableArray<ProjectFile> files = TinyModel.Project().Files();
        string[] named = XDocument.Parse(TextOf(files, "tiny/tiny.nfproj")).Descendants(MsBuild + "Compile")
            .Select(item => item.Attribute("Include")!.Value)
            .ToArray();

        Assert.Equal(files.Where(file => file.Path.EndsWith(".cs")).Select(file => file.Path["tiny/".Length..].Replace('/', '\\')).Order(), named.Order());
        Assert.All(named, name => Assert.DoesNotContain('*', name));
        Assert.Equal("Model.cs", named[0]);
    }

    [Fact]
    public void References_and_packages_name_only_what_the_image_uses()
    {
        ImmutableArray<ProjectFile> files = TinyModel.Project().Files();
        XElement[] packages = XDocument.Parse(TextOf(files, "tiny/packages.config")).Root!.Elements("package").ToArray();
        XElement[] references = XDocument.Parse(TextOf(files, "tiny/tiny.nfproj")).Descendants(MsBuild + "Reference").ToArray();

        Assert.Equal(
            ["nanoFramework.CoreLibrary 1.17.11 netnano1.0", "nanoFramework.Runtime.Native 1.7.11 netnano1.0"],
            packages.Select(p => $"{p.Attribute("id")!.Value} {p.Attribute("version")!.Value} {p.Attribute("targetFramework")!.Value}"));
        Assert.Equal(
            [
                "mscorlib, Version=1.17.11.0, Culture=neutral, PublicKeyToken=c07d481e9758c731",
                "nanoFramework.Runtime.Native, Version=1.7.11.0, Culture=neutral, PublicKeyToken=c07d481e9758c731",
            ],
            references.Select(reference => reference.Attribute("Include")!.Value));
        Assert.Equal(
            [
                @"..\packages\nanoFramework.CoreLibrary.1.17.11\lib\mscorlib.dll",
                @"..\packages\nanoFramework.Runtime.Native.1.7.11\lib\nanoFramework.Runtime.Native.dll",
            ],
            references.Select(reference => reference.Element(MsBuild + "HintPath")!.Value));
        Assert.All(references, reference => Assert.Equal("True", reference.Element(MsBuild + "Private")!.Value));
    }

    [Fact]
    public void A_serial_port_brings_the_packages_it_depends_on()
    {
        ImmutableArray<ProjectFile> files = TinyModel.Project(live: LiveInput.Serial).Files();

        Assert.Equal(
            [
                "nanoFramework.CoreLibrary", "nanoFramework.Hardware.Esp32", "nanoFramework.Runtime.Events", "nanoFramework.Runtime.Native", "nanoFramework.System.IO.Ports",
                "nanoFramework.System.IO.Streams", "nanoFramework.System.Text",
            ],
            XDocument.Parse(TextOf(files, "tiny/packages.config")).Descendants("package").Select(package => package.Attribute("id")!.Value));
    }

    [Fact]
    public void A_board_that_lacks_a_library_is_refused_by_name()
    {
        BoardDeployment bare = TinyModel.Board with { Target = "BARE", Apis = ["nanoFramework.Runtime.Native"] };
        FirmwareProject project = ModelApplication.Project(TinyModel.Model(), bare, FirmwareSdk.Stable, LiveInput.Serial);

        var error = Assert.Throws<BoardApiException>(() => project.Files());

        Assert.Contains("The firmware of BARE lacks System.IO.Ports", error.Message);
    }

    [Fact]
    public void A_model_in_two_assemblies_becomes_two_projects_and_runs()
    {
        SourceFile weights = new("Weights.cs", "namespace SparseNas.Generated { public static class Weights { public static int Offset() { return 3; } } }");
        FirmwareAssembly library = FirmwareAssembly.Create(FirmwareName.From("tiny_part1"), FirmwareOutput.Library, [weights]);
        FirmwareModel model = TinyModel.Model(text: TinyModel.Text.Replace("% 7 - 3)", "% 7 - Weights.Offset())")) with { Libraries = [library] };
        FirmwareProject project = ModelApplication.Project(model, TinyModel.Board, FirmwareSdk.Stable, LiveInput.Own);

        ImmutableArray<ProjectFile> files = project.Files();
        XElement application = XDocument.Parse(TextOf(files, "tiny/tiny.nfproj")).Root!;
        XElement part = XDocument.Parse(TextOf(files, "tiny_part1/tiny_part1.nfproj")).Root!;

        XElement reference = application.Descendants(MsBuild + "ProjectReference").Single();
        Assert.Equal(@"..\tiny_part1\tiny_part1.nfproj", reference.Attribute("Include")!.Value);
        Assert.Equal(part.Descendants(MsBuild + "ProjectGuid").Single().Value, reference.Element(MsBuild + "Project")!.Value);
        Assert.Equal("Library", part.Descendants(MsBuild + "OutputType").Single().Value);
        Assert.Equal(2, TextOf(files, "tiny.sln").Split("\nEndProject\n").Length - 1);
        Assert.Equal("SPARSENAS DONE passed=4 failed=0 .", DesktopRun.Lines(project.Assemblies)[^1]);
    }

    [Fact]
    public void The_preview_project_is_SDK_style()
    {
        ImmutableArray<ProjectFile> files = TinyModel.Project(sdk: FirmwareSdk.Preview).Files();
        XElement root = XDocument.Parse(TextOf(files, "tiny/tiny.csproj")).Root!;

        Assert.StartsWith("nanoFramework.NET.Sdk/", root.Attribute("Sdk")!.Value);
        Assert.Equal("netnano1.0", root.Descendants("TargetFramework").Single().Value);
        Assert.Equal(
            ["nanoFramework.CoreLibrary 2.0.0-preview.*", "nanoFramework.Runtime.Native 2.0.0-preview.*"],
            root.Descendants("PackageReference").Select(p => $"{p.Attribute("Include")!.Value} {p.Attribute("Version")!.Value}"));
        Assert.DoesNotContain(files.Select(file => Path.GetExtension(file.Path)), extension => extension is ".nfproj" or ".config");
        Assert.Contains("dotnet build tiny.sln -c Release", TextOf(files, "README.md"));
    }

    [Fact]
    public void A_library_without_a_preview_package_is_refused_by_name()
    {
        var error = Assert.Throws<BoardApiException>(() => TinyModel.Project(sdk: FirmwareSdk.Preview, live: LiveInput.Serial).Files());

        Assert.Contains("nanoFramework.System.IO.Ports", error.Message);
    }

    [Theory]
    [InlineData("ESP32_C3", null, "nanoff --update --target ESP32_C3 --serialport COM9")]
    [InlineData("PICO_RP2040", null, "nanoff --update --target PICO_RP2040")]
    [InlineData("ST_STM32F769I_DISCOVERY", "0x08040000",
        "nanoff --target ST_STM32F769I_DISCOVERY --deploy --image tiny/bin/Release/tiny.bin --address 0x08040000 --reset")]
    [InlineData("NXP_MIMXRT1060_EVK", null, "nanoff --nanodevice --update --serialport COM9")]
    public void The_README_has_the_boards_own_commands(string target, string? address, string command)
    {
        BoardDeployment board = TinyModel.Board with { Target = target, DeploymentAddress = address };
        string readme = TextOf(ModelApplication.Project(TinyModel.Model(), board, FirmwareSdk.Stable, LiveInput.Own).Files(), "README.md");

        Assert.Contains(command, readme.Split('\n'));
        Assert.Contains("nanoff --nanodevice --deploy --serialport COM9 --image tiny/bin/Release/tiny.bin", readme.Split('\n'));
        Assert.Contains("msbuild tiny.sln /p:Configuration=Release", readme.Split('\n'));
    }

    [Fact]
    public void The_same_project_gives_the_same_bytes_with_line_feeds_only()
    {
        ImmutableArray<ProjectFile> first = TinyModel.Project().Files();

        Assert.Equal(first.AsEnumerable(), TinyModel.Project().Files());
        Assert.All(first, file => Assert.DoesNotContain('\r', file.Text));
        Assert.All(first, file => Assert.EndsWith("\n", file.Text));
    }

    [Fact]
    public void Hostile_names_are_text_in_every_file()
    {
        const string Hostile = "<a>&\"/><Exec Command='x'/>\n# head `code` ]]> $(HOME) ../../x";

        ImmutableArray<ProjectFile> files = TinyModel.Project(Hostile).Files();

        string name = FirmwareName.From(Hostile).Value;
        Assert.Matches("^[A-Za-z][A-Za-z0-9_]*$", name);
        Assert.All(files, file => Assert.Matches("^[A-Za-z0-9_./]+$", file.Path));
        Assert.All(files, file => Assert.DoesNotContain("..", file.Path));
        Assert.DoesNotContain(XDocument.Parse(TextOf(files, $"{name}/{name}.nfproj")).Descendants(), element => element.Name.LocalName == "Exec");
        Assert.DoesNotContain("\n# head", TextOf(files, "README.md"));
        Assert.DoesNotContain("<Exec", TextOf(files, "README.md").Replace("\\<Exec", ""));
    }

    [Theory]
    [InlineData("mnist 28x28", "mnist_28x28")]
    [InlineData("", "Firmware")]
    [InlineData("../..", "Firmware")]
    [InlineData("con", "Net_con")]
    [InlineData("COM1", "Net_COM1")]
    [InlineData("class", "Net_class")]
    [InlineData("8bit", "Net_8bit")]
    [InlineData("żółw", "w")]
    [InlineData("a---b", "a_b")]
    public void Names_become_safe(string name, string expected) => Assert.Equal(expected, FirmwareName.From(name).Value);
}
