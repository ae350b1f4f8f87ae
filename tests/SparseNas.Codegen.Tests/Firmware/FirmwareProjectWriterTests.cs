using System.Collections.Immutable;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Codegen.Tests.Firmware;

public sealed class FirmwareProjectWriterTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sparsenas-project-");

    private string Target => Path.Combine(folder.FullName, "project");

    public void Dispose() => folder.Delete(recursive: true);

    private string[] Entries() => Directory.GetFileSystemEntries(folder.FullName).Select(path => Path.GetFileName(path)!).Order().ToArray();

    [Fact]
    public void What_is_written_can_be_read_back_and_compiles_to_the_same_image()
    {
        FirmwareProject project = TinyModel.Project();

        FirmwareProjectWriter.Write(project, Target);
        ImmutableArray<FirmwareAssembly> read = FirmwareProjectReader.Read(Target);

        Assert.Equal(FirmwareBuild.Compile(project.Assemblies)[^1].Image, FirmwareBuild.Compile(read)[^1].Image);
        Assert.Equal("ESP32_C3", FirmwareProjectWriter.BoardOf(Target));
        Assert.Equal(["project"], Entries());
    }

    [Fact]
    public void A_second_run_replaces_the_first_with_the_same_bytes_and_removes_what_is_no_longer_written()
    {
        FirmwareProjectWriter.Write([.. TinyModel.Project().Files(), new ProjectFile("tiny/Old.cs", "class Old { }\n")], Target, "ESP32_C3");
        Directory.CreateDirectory(Path.Combine(Target, "tiny", "bin", "Release"));
        File.WriteAllText(Path.Combine(Target, "tiny", "bin", "Release", "tiny.bin"), "built");

        FirmwareProjectWriter.Write(TinyModel.Project(), Target);
        string[] first = Snapshot();
        FirmwareProjectWriter.Write(TinyModel.Project(), Target);

        Assert.Equal(first, Snapshot());
        Assert.False(File.Exists(Path.Combine(Target, "tiny", "Old.cs")));
        Assert.Equal(["project"], Entries());
    }

    private string[] Snapshot() => Directory.GetFiles(Target, "*", SearchOption.AllDirectories)
        .Order()
        .Select(path => path + " " + Convert.ToHexString(File.ReadAllBytes(path)))
        .ToArray();

    [Fact]
    public void A_folder_with_other_files_is_left_alone()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "thesis.tex"), "years of work");

        var error = Assert.Throws<IOException>(() => FirmwareProjectWriter.Write(TinyModel.Project(), Target));

        Assert.Contains("'thesis.tex'", error.Message);
        Assert.Equal(["thesis.tex"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
        Assert.Equal(["project"], Entries());
    }

    [Theory]
    [InlineData("tiny/Live.cs")]
    [InlineData("tiny/Mine.cs")]
    public void A_project_in_which_someone_worked_is_left_alone(string edited)
    {
        FirmwareProjectWriter.Write(TinyModel.Project(), Target);
        File.AppendAllText(Path.Combine(Target, edited), "// mine\n");

        var error = Assert.Throws<IOException>(() => FirmwareProjectWriter.Write(TinyModel.Project(), Target));

        Assert.Contains($"'{edited}'", error.Message);
        Assert.EndsWith("// mine\n", File.ReadAllText(Path.Combine(Target, edited)));
    }

    [Fact]
    public void A_failure_half_way_leaves_the_earlier_project_whole()
    {
        FirmwareProjectWriter.Write(TinyModel.Project(), Target);
        string[] before = Snapshot();

        // A path below a file: writing it cannot succeed.
        ImmutableArray<ProjectFile> impossible = [.. TinyModel.Project().Files(), new ProjectFile("README.md/below", "")];

        Assert.ThrowsAny<Exception>(() => FirmwareProjectWriter.Write(impossible, Target, "ESP32_C3"));
        Assert.Equal(before, Snapshot());
        Assert.Equal(["project"], Entries());
    }

    [Fact]
    public void A_file_in_the_way_is_an_error()
    {
        File.WriteAllText(Target, "a file");

        Assert.Contains("is a file", Assert.Throws<IOException>(() => FirmwareProjectWriter.Write(TinyModel.Project(), Target)).Message);
    }

    [Fact]
    public void A_folder_without_exactly_one_application_cannot_be_read()
    {
        Directory.CreateDirectory(Target);

        Assert.Contains("exactly one application", Assert.Throws<IOException>(() => FirmwareProjectReader.Read(Target)).Message);
    }
}
